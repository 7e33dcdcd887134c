// The questions of "Choose a tool", one at a time. Every word of them is the page's own: an item of the list is a
// question and, below it, the answer of those who say yes; the last one's is of those who say no to all. Where the
// section that an answer leads to has a table, its rows are the choices of one more question, which is above it.
"use strict"
{
  const BEGIN = "#choose=" // of an address that ends in the choices: #choose=no,no,yes
  const list = document.querySelector(".questions > ol"), items = [...list.children]

  function made(tag, properties, ...content) {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...content)
    return element
  }

  // What is in an element, once more, without the ids, which are the page's.
  function copied(element) {
    const copy = element.cloneNode(true)
    for (const one of copy.querySelectorAll("[id]")) one.removeAttribute("id")
    return [...copy.childNodes]
  }

  const answerOf = item => [...item.children].slice(1).map(part => made("p", {}, ...copied(part)))
  const slug = text => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")

  // A question with its choices, each with its name in the address and what follows it; or an answer.
  function ask(item) {
    if (item === items.at(-1)) return { answer: answerOf(item) }
    const next = () => ask(items[items.indexOf(item) + 1])
    const choices = [
      { shown: "Yes", name: "yes", follows: () => askMore(item, next) },
      { shown: "No", name: "no", follows: next },
    ]
    return { question: item.querySelector("strong").textContent, choices }
  }

  // The table in the section that an answer leads to, and the sentence above it.
  function tableOf(item) {
    const link = item.querySelector("a[href^='#']:not(.headerlink)")
    let part = document.getElementById(link.hash.slice(1)), before = part
    while ((part = part.nextElementSibling) && part.tagName !== "H2") {
      const table = part.tagName === "TABLE" ? part : part.querySelector("table")
      if (table) return [before.textContent, table]
      before = part
    }
    return []
  }

  function askMore(item, next) {
    const [question, table] = tableOf(item)
    if (!table) return { answer: answerOf(item) }
    const [head, ...rows] = table.rows
    const choices = rows.map(({ cells: [name, ...about] }) => {
      const links = about.flatMap(cell => [...cell.querySelectorAll("a[href^='#']")])
      const further = links.map(link => document.getElementById(link.hash.slice(1))).find(one => list.contains(one))
      const facts = about.map((cell, n) => made("p", {}, `${head.cells[n + 1].textContent}: `, ...copied(cell)))
      const follows = () => further ? ask(further.closest("li")) : { answer: [...facts, ...answerOf(item)] }
      return { shown: name, name: slug(name.textContent), follows }
    })
    return { question, choices: [...choices, { shown: "None of these", name: "none", follows: next }] }
  }

  // From the first question along the named choices; one that there isn't ends the way.
  function follow(names) {
    const passed = []
    let place = ask(items[0])
    for (const name of names) {
      const choice = place.choices?.find(one => one.name === name)
      if (!choice) break
      passed.push({ question: place.question, choice })
      place = choice.follows()
    }
    return { passed, place }
  }

  const box = made("section", { className: "choose", ariaLabel: "One question at a time" })
  const named = () => location.hash.startsWith(BEGIN) ? location.hash.slice(BEGIN.length).split(",") : []
  const address = choices => BEGIN + choices.map(({ name }) => name).join(",")
  const words = ({ shown }) => typeof shown === "string" ? [shown] : copied(shown)

  function button(to, ...content) {
    const one = made("button", { type: "button", className: "md-button" }, ...content)
    one.addEventListener("click", () => { location.hash = to })
    return one
  }

  // After a choice, what comes next is in focus, and a screen reader reads it.
  function show(chosen) {
    const { passed, place } = follow(named()), choices = passed.map(({ choice }) => choice)
    const first = place.answer
      ? made("div", { className: "choose-answer", tabIndex: -1, role: "group", ariaLabel: "Answer" }, ...place.answer)
      : made("legend", { tabIndex: -1 }, place.question)
    const buttons = place.choices?.map(choice => button(address([...choices, choice]), ...words(choice)))
    const way = passed.map(({ question, choice }, n) => {
      const back = made("a", { href: address(choices.slice(0, n)) }, question)
      return made("li", {}, back, " ", made("b", {}, ...words(choice)))
    })
    box.replaceChildren(
      ...way.length ? [made("ol", { className: "choose-way" }, ...way)] : [],
      place.answer ? first : made("fieldset", {}, first, ...buttons),
      ...way.length
        ? [made("p", {}, button(address(choices.slice(0, -1)), "Back"), button(BEGIN, "Start again"))]
        : [],
    )
    if (chosen) first.focus()
  }

  // All of them stay on the page, a click away; on paper, for which the theme opens notes, they are what there is.
  const all = made("details", { className: "quiet" }, made("summary", {}, "All questions at once"))
  list.parentElement.before(box, all)
  all.append(list.parentElement)
  addEventListener("hashchange", () => { if (location.hash.startsWith(BEGIN)) show(true) })
  show(false)
  if (location.hash.startsWith(BEGIN)) box.scrollIntoView()
}
