// Small repairs to what the theme leaves to its users; every page reads the same without them.

// Assistive technology announces dialogs and landmarks by name.
const search = document.querySelector(".md-search[role=dialog]")
if (search) search.setAttribute("aria-label", "Search")
const place = document.querySelector(".md-path")
if (place) place.setAttribute("aria-label", "Where this page stands")

// What scrolls sideways must be within reach of the keyboard; the theme sees to it only where something hovers, and takes
// it back elsewhere.
function reach(target) {
  if (watched.has(target) && target.scrollWidth > target.clientWidth && !target.hasAttribute("tabindex"))
    target.setAttribute("tabindex", "0")
}

const widths = new ResizeObserver(entries => entries.forEach(({ target }) => reach(target)))
new MutationObserver(entries => entries.forEach(({ target }) => reach(target)))
  .observe(document.body, { attributeFilter: ["tabindex"], subtree: true })

const watched = new WeakSet()
let others = 0 // blocks of other pages, which have no number here

function prepare() {
  for (const set of document.querySelectorAll(".tabbed-set:not([role])")) {
    const headings = [...document.querySelectorAll(".md-typeset :is(h1, h2, h3)")]
    const above = headings.filter(one => one.compareDocumentPosition(set) & Node.DOCUMENT_POSITION_FOLLOWING).pop()
    set.setAttribute("role", "group")
    set.setAttribute("aria-label", above ? `Tabs: ${above.firstChild.textContent}` : "Tabs")
  }
  for (const nav of document.querySelectorAll(".md-code__nav:not([aria-label])")) {
    const block = nav.closest("[id^=block-]")
    const one = block ? block.id.slice(6) : `${++others}, shown again`
    nav.setAttribute("aria-label", `Tools for code block ${one}`)
  }
  for (const wide of document.querySelectorAll("pre > code, .md-typeset__scrollwrap")) {
    watched.add(wide)
    widths.observe(wide) // again, too: what is in it may have grown
  }
}

// The theme adds buttons to a block when it comes into view, and a frame around each table.
new MutationObserver(prepare).observe(document.body, { childList: true, subtree: true })
prepare()

// A link carries a tool: tasks/update/?tool=poetry opens Poetry's tabs, on the pages after this one too.
function chooseTool() {
  const tool = new URLSearchParams(location.search).get("tool")?.toLowerCase()
  const labels = [...document.querySelectorAll(".tabbed-labels > label")]
    .filter(label => label.textContent.trim().toLowerCase() === tool)
  for (const label of labels) document.getElementById(label.htmlFor).checked = true
  if (labels.length) __md_set("__tabs", [...new Set([labels[0].textContent.trim(), ...(__md_get("__tabs") || [])])])
}

chooseTool()

// The theme opens the remembered tabs, but reads no label in a closed note.
function remember(sets) {
  const tabs = __md_get("__tabs")
  for (const set of Array.isArray(tabs) ? sets : []) {
    const labels = [...set.querySelectorAll(":scope > .tabbed-labels > label")]
    const label = tabs.map(tab => labels.find(one => one.textContent.trim() === tab)).find(Boolean)
    if (label) document.getElementById(label.htmlFor).checked = true
  }
}

// What the page's address names; one that isn't well formed names nothing.
function inAddress() {
  try {
    return document.getElementById(decodeURIComponent(location.hash.slice(1)))
  } catch {
    return null
  }
}

remember(document.querySelectorAll("details:not([open]) .tabbed-set"))
document.addEventListener("toggle", ({ target }) => {
  const asked = inAddress()
  if (target.open && !target.contains(asked)) remember(target.querySelectorAll(".tabbed-set"))
}, true)

// One choice above the page for all its tabs, of the tool and of the system; the pages after it keep both.
const fits = { tool: (label, name) => label === name, system: (label, name) => label.includes(name) }
const choosers = [...document.querySelectorAll("[data-chooses]")]
const labelsOf = set => [...set.querySelectorAll(":scope > .tabbed-labels > label")]

function openChosen({ dataset: { chooses }, value }) {
  const opened = []
  for (const set of document.querySelectorAll(".tabbed-set")) {
    const label = labelsOf(set).find(one => fits[chooses](one.textContent.trim(), value))
    if (label) document.getElementById(label.htmlFor).checked = true
    if (label) opened.push(label.textContent.trim())
  }
  return opened
}

function showOpen() {
  const inSight = [...document.querySelectorAll(".tabbed-set")].filter(set => set.checkVisibility()) // not in closed notes
  const open = inSight.flatMap(set =>
    labelsOf(set).filter(label => document.getElementById(label.htmlFor).checked).map(label => label.textContent.trim()))
  for (const chooser of choosers) {
    const names = [...chooser.options].map(option => option.value), fit = fits[chooser.dataset.chooses]
    chooser.value = open.map(label => names.find(name => fit(label, name))).find(Boolean) ?? names[0]
  }
}

for (const chooser of choosers) {
  const system = chooser.dataset.chooses === "system", kept = system && __md_get("__system")
  if ([...chooser.options].some(option => option.value === kept)) {
    chooser.value = kept
    openChosen(chooser)
  }
  chooser.addEventListener("change", () => {
    if (system) __md_set("__system", chooser.value)
    __md_set("__tabs", [...new Set([...openChosen(chooser), ...(__md_get("__tabs") || [])])])
  })
}
addEventListener("change", ({ target }) => target.closest(".tabbed-set") && setTimeout(showOpen))
addEventListener("load", showOpen)

// A link to a block inside a closed note or tab opens that first.
function openTabs() {
  const target = inAddress()
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

// The words that a reader has searched for, where a result has led to.
const looked = new URLSearchParams(location.search).get("h")?.split(" ").filter(word => word.length > 2) ?? []
if (looked.length && CSS.highlights) {
  const texts = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT), ranges = []
  const any = looked.map(word => word.replace(/[^\p{L}\p{N}_]/gu, "\\$&")).join("|")
  const words = new RegExp(`(?<![\\p{L}\\p{N}_])(${any})`, "giu")
  while (texts.nextNode())
    for (const { index, 0: word } of texts.currentNode.data.matchAll(words)) {
      const range = new Range()
      range.setStart(texts.currentNode, index)
      range.setEnd(texts.currentNode, index + word.length)
      ranges.push(range)
    }
  CSS.highlights.set("looked-for", new Highlight(...ranges))
}

// In a folder of files nobody answers for a folder's address with the page in it.
function leadToFiles({ target }) {
  const link = target.closest?.("a[href]")
  if (link?.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html"
}

if (location.protocol === "file:") for (const way of ["click", "auxclick"]) addEventListener(way, leadToFiles, true)
