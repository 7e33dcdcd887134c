// The search: it fetches the parts of the index that a question needs (overrides/hooks/proof/search.py writes them) and
// answers what people paste and type: commands with options, whole messages, a misspelled word. The theme's script
// shows the answers: it takes this for its worker, and fetches nothing where the form of the search has no name.
"use strict"
{
  const ASK = 2, ANSWER = 3, READY = 1 // the theme's messages
  const ASKED = 8 // more than all else that counts, for a question in a page's own list; little for half of one
  const LONGEST = 24 // words of a question; a message has said by then what it is
  const PAGES = 16 // that are read before the answer
  const PAUSE = 100 // milliseconds without a key, after which a question is asked
  const LINE = 180 // letters of a page that an answer shows

  // Words as they are compared: small letters, and nothing around them.
  const wordsOf = text => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}._@]+/gu, " ").replace(/\.+(?=\s|$)/g, " ")
    .split(/\s+/).filter(Boolean)
  const joined = text => ` ${wordsOf(text).join(" ")} `
  const bare = html => html.replace(/<\/?[a-z][^>]*>/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"').replace(/&amp;/g, "&")
  const escaped = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;")

  // A part of the index is a script, because a folder of files has no other way to load one.
  const arrived = new Map(), waiting = new Map()
  window.found = (name, data) => waiting.get(name)?.(data)

  function part(name, digest = "") {
    if (!arrived.has(name)) arrived.set(name, new Promise((resolve, reject) => {
      const script = document.createElement("script")
      waiting.set(name, resolve)
      script.onerror = () => { arrived.delete(name); reject(new Error(`no ${script.src}`)) }
      script.onload = () => script.remove()
      script.src = new URL(`search/${name}.js${digest && `?${digest}`}`, window.asking.base)
      document.head.append(script)
    }))
    return arrived.get(name)
  }

  // All pages: what they are called, which of the sections are theirs, and what they say that they are asked.
  let known
  const pages = () => known ??= part("pages").then(([digest, parts, listed]) => {
    let first = 0
    const all = listed.map(([url, title, sections, boost, ...asked], number) => {
      const page = { number, url, title, boost, first, address: joined(url), words: joined(bare(title)) }
      first += sections
      return Object.assign(page, { asked: asked.map(phrase => new Set(wordsOf(phrase))) })
    })
    return { digest, parts, all, sections: first, of: section => all.findLast(page => page.first <= section) }
  }).catch(error => { known = undefined; throw error })

  // The words of the index that begin as this one does, with the sections that have them.
  const alike = (word, { digest, parts }) =>
    part(`words/${(word.charCodeAt(0) * 31 + (word.charCodeAt(1) || 0)) % parts}`, digest)

  // How much of a question a text has word by word in one piece: 1 is all of it.
  function piece(words, text) {
    let longest = 0
    for (let from = 0; from + longest < words.length; from++)
      while (from + longest < words.length && text.includes(` ${words.slice(from, from + longest + 1).join(" ")} `))
        longest++
    return words.length > 1 ? Math.max(longest - 1, 0) / (words.length - 1) : longest
  }

  const share = (text, words) => words.filter(word => text.includes(` ${word} `)).length / words.length

  // How near a question is to what a page says that it is asked: 1 has the same words as one of the phrases. A
  // phrase of one word is the whole question or nothing.
  function asked(words, phrases) {
    const distinct = new Set(words)
    const near = phrase => {
      const both = [...distinct].filter(word => phrase.has(word)).length
      return phrase.size > 1 || distinct.size === 1 ? both / (distinct.size + phrase.size - both) : 0
    }
    return Math.max(0, ...phrases.map(near))
  }

  // What a page's title, address and list have of a question.
  function named(words, page) {
    return share(page.address, words.map(word => word.replace(/[._]/g, " ").trim()))
      + (page.address === ` ${words.join(" ")} ` ? 1 : 0) // "pip lock" asks for the page pip/lock
      + ASKED * asked(words, page.asked) ** 3
  }

  // Letters to change, to leave out, to add, or to swap with the next: more than `most` is `most + 1`.
  function distance(one, other, most) {
    if (Math.abs(one.length - other.length) > most) return most + 1
    let before = [], last = Array.from({ length: other.length + 1 }, (_, at) => at)
    for (let i = 1; i <= one.length; i++) {
      const row = [i]
      for (let j = 1; j <= other.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1))
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
          row[j] = Math.min(row[j], before[j - 2] + 1)
      }
      [before, last] = [last, row]
    }
    return last[other.length]
  }

  // In the place of a word that no page has, the nearest that one has; of two, the one that more sections have. Where
  // words of pages begin with it, it is only one of these: its reader may be typing still.
  function corrected(word, of) {
    const most = word.length < 8 ? 1 : 2, begun = Object.keys(of).some(other => other.startsWith(word))
    let nearest = word, least = most + 1, often = 0
    for (const [other, listed] of Object.entries(of)) {
      if (begun && !other.startsWith(word)) continue
      if (other.length < 4 || other[0] !== word[0]) continue
      const far = distance(word, other, most)
      if (far < least || far === least && far <= most && listed.length > often)
        [nearest, least, often] = [other, far, listed.length]
    }
    return nearest
  }

  // How much each section has of the words, those that are rare for more, and how many of the words it has at all. A
  // word counts as it is, and for a third as the beginning of another; of numbers only as it is.
  async function weighed(words, index) {
    const scores = new Map(), distinct = new Set(words), met = new Map()
    for (const word of distinct) {
      const of = await alike(word, index)
      for (const [other, listed] of Object.entries(of)) {
        if (other !== word && (word.length < 3 || /^[\d._]/.test(word) || !other.startsWith(word))) continue
        const times = listed.length / 2, others = index.sections - times
        const rare = Math.log(1 + Math.abs((others + 0.5) / (times + 0.5)))
        for (let at = 0, section = 0; at < listed.length; at += 2) {
          section += listed[at]
          scores.set(section, (scores.get(section) ?? 0) + (other === word ? 3 : 1) * rare * listed[at + 1])
          if (other === word) met.set(section, (met.get(section) ?? 0) + 1 / distinct.size)
        }
      }
    }
    return { scores, met, best: Math.max(...scores.values(), 1e-9) }
  }

  // A useful line: the one of a section's lines, or the part of it, that has most of the words.
  function line(text, words) {
    let best = "", most = 0
    for (const one of text.split("\n")) {
      const long = one.length > LINE && one.match(new RegExp(`.{1,${LINE}}(?=\\s|$)`, "gs"))
      const pieces = long || [one.slice(0, LINE)]
      for (const piece of pieces) {
        const has = joined(piece)
        const met = new Set(words.filter(word => has.includes(` ${word}`))).size + 2 * share(has, words)
        if (met > most) [best, most] = [one[0] === "\t" && piece[0] !== "\t" ? `\t${piece}` : piece, met]
      }
    }
    return best
  }

  const marked = (text, words) => escaped(text).replace(/[\p{L}\p{M}\p{N}._@]+/gu, word => {
    const plain = wordsOf(word)[0]
    const asked = plain && words.some(one => one === plain || one.length > 2 && plain.startsWith(one))
    return asked ? `<mark>${word}</mark>` : word
  })

  function shown(text, words) {
    const code = text[0] === "\t", html = marked(text.trim(), words)
    return html && (code ? `<p><code>${html}</code></p>` : `<p>${html}</p>`)
  }

  // The pages that answer, the best first, each with its sections that do, as the theme's script has them.
  async function find(question, wanted = () => true) {
    let words = wordsOf(question).slice(0, LONGEST)
    if (!words.length) return []
    const index = await pages()
    const lists = await Promise.all(words.map(word => alike(word, index)))
    const stops = new Set(words.filter((word, at) => lists[at][word]?.length === 0))
    const strange = words.map((word, at) => word.length > 4 && !(word in lists[at]))
    if (words.length < 5 || strange.every(Boolean) || !/[^\p{L}\s?!,'’-]/u.test(question)) // a message has other signs
      words = words.map((word, at) => strange[at] ? corrected(word, lists[at]) : word)
    const weights = await weighed(words, index), { scores, met, best } = weights

    const likely = new Map()
    for (const [section, score] of scores) {
      const page = index.of(section)
      likely.set(page, Math.max(likely.get(page) ?? 0, score / best + 2 * (met.get(section) ?? 0)))
    }
    for (const page of index.all) {
      const more = named(words, page) + share(page.words, words)
      if (more > 1 || likely.has(page)) likely.set(page, (likely.get(page) ?? 0) + more)
    }
    const read = [...likely].sort(([, one], [, other]) => other - one).slice(0, PAGES).map(([page]) => page)
    if (!wanted()) return [] // the question has more letters by now
    const texts = await Promise.all(read.map(page => part(`text/${page.number}`, index.digest)))
    const telling = words.filter(word => !stops.has(word)) // "the" leads nowhere
    const items = read.map((page, at) => answered(page, texts[at], words, telling.length ? telling : words, weights))
    return items.sort(([one], [other]) => other.score - one.score)
  }

  function answered(page, [area, description, sections], words, telling, { scores, met, best }) {
    const found = sections.map((section, at) => {
      const [anchor, title, text] = section
      const score = scores.get(page.first + at)
      if (score === undefined && at) return
      const heading = joined(bare(title)), body = section[3] ??= joined(text), whole = piece(words, body)
      const likely = (score ?? 0) / best + (met.get(page.first + at) ?? 0) / 2
        + 2 * whole + (whole === 1 ? 1 : 0) + piece(words, heading)
        + share(page.words + heading, words) + named(words, page)
      const has = heading + body + page.words
      return {
        location: page.url + (anchor && `#${anchor}`), title: marked(bare(title), telling), score: likely * page.boost,
        text: shown(line(text, telling), telling),
        terms: Object.fromEntries(telling.map(word => [word, has.includes(` ${word}`)])),
      }
    }).filter(Boolean).sort((one, other) => other.score - one.score)
    const top = found.find(({ location }) => location === page.url) // the theme wants it among them
    top.title = marked(bare(page.title), telling) + (area && ` <small class="asked-area">${escaped(area)}</small>`)
    top.text = shown(description, telling) + top.text
    return found
  }

  // In the place of answers, where a part of the index doesn't arrive; the next letter asks for it again.
  const unreachable = () => [[{
    location: "", title: "The search is out of reach", score: 1, terms: {},
    text: "<p>A part of its index didn't load. Check the network, then change the question.</p>",
  }]]

  // What the theme's script takes for its worker.
  window.Worker = class extends EventTarget {
    constructor() {
      super()
      setTimeout(() => this.say({ type: READY }))
    }

    say(data) {
      this.dispatchEvent(new MessageEvent("message", { data }))
    }

    async postMessage({ type, data }) {
      if (type !== ASK) return
      const asking = this.last = {}
      if (data.trim()) await new Promise(done => setTimeout(done, PAUSE))
      const items = await find(data, () => asking === this.last)
        .catch(error => { console.error(error); return unreachable() })
      if (asking === this.last) this.say({ type: ANSWER, data: { items } })
    }
  }

  const { base } = JSON.parse(document.getElementById("__config").textContent)
  window.asking = { find, wordsOf, base: new URL(base, location) }
  document.forms.namedItem("search")?.removeAttribute("name")
  document.addEventListener("focusin", ({ target }) => target.matches(".md-search__input") && pages().catch(() => {}))
}
