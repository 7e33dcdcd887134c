// The search, asked with what people paste and type. It loads before the theme's script, which it stands between and
// the theme's worker. Without it the theme's own search works, but takes -, +, :, ~, * and ^ for its operators.
const INDEX = 0, ASK = 2, ANSWER = 3 // the theme's messages
const ASKED = 8 // more than all else that counts, for a question in a page's own list; little for half of one
const LONGEST = 24 // words of a question; a message has said by then what it is

// Words as they are compared: small letters, and nothing around them.
const wordsOf = text => text.toLowerCase().replace(/&[lg]t;|&amp;/g, " ").replace(/[^\p{L}\p{N}._@]+/gu, " ")
  .replace(/\.+(?=\s|$)/g, " ").split(/\s+/).filter(Boolean)

// How much of a question a text has word by word in one piece: 1 is all of it.
function piece(words, text) {
  let longest = 0
  for (let from = 0; from + longest < words.length; from++)
    while (from + longest < words.length && text.includes(` ${words.slice(from, from + longest + 1).join(" ")} `)) longest++
  return words.length > 1 ? Math.max(longest - 1, 0) / (words.length - 1) : longest
}

// How near a question is to what a page says that it is asked: 1 has the same words as one of the phrases.
function asked(words, phrases) {
  const distinct = new Set(words)
  const near = phrase => {
    const both = [...distinct].filter(word => phrase.has(word)).length
    return both / (distinct.size + phrase.size - both)
  }
  return Math.max(0, ...phrases.map(near))
}

// The theme's score counts words; a command or a message is more than its words.
function scored(section, words, best, pages) {
  const { title, text, address } = pages.get(section.location)
  const whose = pages.get(section.location.split("#")[0]), page = whose.title + title
  const share = (text, words) => words.filter(word => text.includes(` ${word} `)).length / words.length
  const whole = piece(words, text)
  const named = address === ` ${words.join(" ")} ` ? 1 : 0 // "pip lock" asks for the page pip/lock
  const met = section.score / best + 2 * whole + (whole === 1 ? 1 : 0) + piece(words, title) + share(page, words)
    + share(address, words.map(word => word.replace(/[._]/g, " ").trim())) + named
    + ASKED * asked(words, whose.asked) ** 3
  return met * (section.boost ?? 1)
}

// What the pages say, for comparing; made as it is asked for. Answers have only parts of it.
class Pages extends Map {
  constructor(docs) {
    super(docs.map(doc => [doc.location, doc]))
    this.bare = new Map()
  }

  get(location) {
    const bare = html => ` ${wordsOf(html.replace(/<\/?[a-z][^>]*>/g, "")).join(" ")} `
    if (!this.bare.has(location)) {
      const { title = "", text = "", asked = [] } = super.get(location) ?? {}
      this.bare.set(location, { title: bare(title), text: bare(text), address: bare(location.split("#")[0]),
        asked: asked.map(phrase => new Set(wordsOf(phrase))) })
    }
    return this.bare.get(location)
  }
}

// The question with what was found in the place of what stands nowhere.
function corrected(words, unmet, sections) {
  const counts = new Map()
  for (const { title, text } of sections)
    for (const [, word] of (title + text).matchAll(/<mark[^>]*>([^<]+)<\/mark>/g))
      if (!words.includes(word.toLowerCase())) counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1)
  const close = word => [...counts].filter(([found]) => found[0] === word[0] && Math.abs(found.length - word.length) < 3)
    .sort(([, one], [, other]) => other - one)[0]?.[0] ?? word
  return words.map(word => unmet.includes(word) ? close(word) : word)
}

window.Worker = class extends Worker {
  constructor(...address) {
    super(...address)
    this.addEventListener("message", event => this.answer(event))
  }

  postMessage(message, ...more) {
    if (message?.type === INDEX) this.pages = new Pages(message.data.docs)
    if (message?.type !== ASK) return super.postMessage(message, ...more)
    this.words = wordsOf(message.data).slice(0, LONGEST)
    this.again = false
    this.ask(this.words.map(this.term))
  }

  // A word as it is, and as the beginning of another; of numbers the search fails at all that begin so.
  term(word) {
    return word.length < 3 || /^[\d._]/.test(word) ? `${word}^2` : `${word}^2 ${word}`
  }

  ask(terms) {
    super.postMessage({ type: ASK, data: terms.join(" ") })
  }

  answer(event) {
    if (event.data.type !== ANSWER || !this.words?.length) return
    const { items } = event.data.data, sections = items.flat()
    const met = new Set(sections.flatMap(({ terms = {} }) => Object.keys(terms).filter(term => terms[term])))
    const unmet = this.words.filter(word => word.length > 4 && !met.has(word))
    if (unmet.length && !this.again && (!items.length || this.words.length < 5)) { // misspelled, by a letter or two
      event.stopImmediatePropagation()
      this.again = true
      return this.ask(this.words.map(word => unmet.includes(word) ? `${word}~${word.length < 8 ? 1 : 2}` : this.term(word)))
    }
    if (this.again) this.words = corrected(this.words, unmet, sections)
    const best = Math.max(...sections.map(section => section.score), 1e-9)
    for (const section of sections) section.score = scored(section, this.words, best, this.pages)
    for (const item of items) item.sort((one, other) => other.score - one.score)
    items.sort(([one], [other]) => other.score - one.score)
  }
}
