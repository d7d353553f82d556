'use strict'

const highlighter = require('highlight.js')
const MarkdownIt = require('markdown-it')

/** Renders Markdown as GitHub does: tables, anchors of headings, and languages of code. */
module.exports = class Markdown {
  constructor (links) {
    this.links = links
    this.parser = new MarkdownIt({ html: true, highlight })
    const rules = this.parser.renderer.rules
    // Wide tables scroll within the page
    rules.table_open = () => '<div class="table"><table>\n'
    rules.table_close = () => '</table></div>\n'
  }

  /** The title, and the rest as HTML. */
  render (name, text) {
    const tokens = this.parser.parse(text.replace(/<!--.*?-->\n?/gs, ''), {})
    const title = titleOf(name, tokens)
    const anchors = new Map()
    for (let i = 0; i < tokens.length; i++) {
      if (tokens[i].type === 'heading_open') tokens[i].attrSet('id', anchor(textOf(tokens[i + 1]), anchors))
      for (const child of tokens[i].children ?? []) this.#lead(name, child)
    }
    return { title, html: this.parser.renderer.render(tokens.slice(3), this.parser.options, {}) }
  }

  #lead (name, token) {
    if (token.type === 'link_open') token.attrSet('href', this.links.link(name, token.attrGet('href')))
    if (token.type === 'image') token.attrSet('src', this.links.image(name, token.attrGet('src')))
  }

  /** Antora's navigation: the table with the columns 'question' and 'page'. */
  navigation (name, text) {
    const rows = text.split('| question | page |\n|---|---|\n')[1].split('\n\n')[0].split('\n')
    return rows.map((row) => this.#entry(name, row)).join('\n')
  }

  #entry (name, row) {
    const [question, pages] = row.split('|').slice(1).map((cell) => cell.trim())
    const links = [...pages.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)]
    if (links.length === 1) return `* xref:${this.links.xref(name, links[0][2])}[${question}]`
    const items = links.map(([, label, href]) => `** xref:${this.links.xref(name, href)}[${capitalized(label)}]`)
    return [`* ${question}`, ...items].join('\n')
  }
}

function highlight (code, language) {
  return highlighter.getLanguage(language) ? highlighter.highlight(code, { language }).value : ''
}

function titleOf (name, tokens) {
  if (tokens[0]?.tag !== 'h1') throw new Error(`${name} does not begin with a title`)
  return textOf(tokens[1])
}

function textOf (inline) {
  return inline.children.map((child) => child.content).join('')
}

/** GitHub's: letters, digits, '_' and '-', numbered where a heading comes again. */
function anchor (heading, anchors) {
  const slug = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')
  const before = anchors.get(slug) ?? 0
  anchors.set(slug, before + 1)
  return before ? `${slug}-${before}` : slug
}

function capitalized (text) {
  return text[0].toUpperCase() + text.slice(1)
}
