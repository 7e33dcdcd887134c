// Small repairs to what the theme leaves to its users; every page reads the same without them.

// Assistive technology announces dialogs and landmarks by name.
const search = document.querySelector(".md-search[role=dialog]")
if (search) search.setAttribute("aria-label", "Search")

// What scrolls sideways must be within reach of the keyboard; the theme sees to it only where something hovers.
const widths = new ResizeObserver(entries => {
  for (const { target } of entries)
    if (target.scrollWidth > target.clientWidth) setTimeout(() => target.setAttribute("tabindex", "0"))
})

function prepare() {
  for (const nav of document.querySelectorAll(".md-code__nav:not([aria-label])")) {
    const block = nav.closest("[id^=block-]")
    nav.setAttribute("aria-label", block ? `Tools for code block ${block.id.slice(6)}` : "Tools for this code block")
  }
  for (const wide of document.querySelectorAll("pre > code, .md-typeset__scrollwrap")) widths.observe(wide)
}

// The theme adds buttons to a block when it comes into view, and a frame around each table.
new MutationObserver(prepare).observe(document.body, { childList: true, subtree: true })
prepare()

// A link to a block inside a closed note or tab opens that first.
function openTabs() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target || !target.closest("details, .tabbed-block")) return
  for (let note = target.closest("details"); note; note = note.parentElement.closest("details")) note.open = true
  for (let block = target.closest(".tabbed-block"); block; block = block.parentElement.closest(".tabbed-block")) {
    const place = [...block.parentElement.children].indexOf(block)
    const tabs = block.closest(".tabbed-set").querySelectorAll(":scope > input")
    if (tabs[place]) tabs[place].checked = true
  }
  target.scrollIntoView()
}

addEventListener("hashchange", openTabs)
openTabs()
