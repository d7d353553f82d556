'use strict'

const path = require('node:path')
const Markdown = require('./markdown')

/** The pages of the site by their file. All pages are in one directory, so that links between them are names. */
const PAGES = [
  [/^README\.md$/, () => 'index'],
  [/^CHANGELOG\.md$/, () => 'changelog'],
  [/^docs\/([^/]+)\.md$/, (name) => name],
  [/^samples\/([^/]+)\/README\.md$/, (name) => `sample-${name}`],
  [/^(cdc-connect-postgres)\/README\.md$/, (name) => name],
]

const IMAGE = /^(?:docs|samples)\/.*\.(?:png|svg)$/

/**
 * Antora extension that makes pages of the repository's Markdown, which stays as GitHub shows it. Each file becomes a page
 * with the rendered HTML, before Antora classifies the content. Navigation is the table of README.md.
 */
module.exports.register = function () {
  this.on('contentAggregated', ({ contentAggregate }) => contentAggregate.forEach(convert))
}

function convert (componentVersion) {
  const files = new Map(componentVersion.files.map((file) => [file.src.path, file]))
  const pages = new Map()
  for (const name of files.keys()) {
    const page = pageOf(name)
    if (page) pages.set(name, page)
  }
  const markdown = new Markdown(new Links(files, pages))
  componentVersion.files = []
  for (const [name, page] of pages) {
    const { title, html } = markdown.render(name, files.get(name).contents.toString())
    const head = page === 'index' ? ':page-role: home\n' : ''
    add(componentVersion, files.get(name), `pages/${page}.adoc`, `= ${title}\n${head}\n++++\n${html}\n++++\n`)
  }
  for (const [name, file] of files) {
    if (IMAGE.test(name)) add(componentVersion, file, `images/${name}`, file.contents)
  }
  const navigation = markdown.navigation('README.md', files.get('README.md').contents.toString())
  add(componentVersion, files.get('README.md'), 'nav.adoc', navigation)
  componentVersion.nav = ['modules/ROOT/nav.adoc']
}

function pageOf (name) {
  for (const [pattern, page] of PAGES) {
    const match = pattern.exec(name)
    if (match) return page(match[1])
  }
}

function add (componentVersion, source, name, contents) {
  const target = `modules/ROOT/${name}`
  const extname = path.posix.extname(target)
  const file = source.clone({ contents: false })
  file.path = target
  file.contents = Buffer.from(contents)
  file.src = {
    ...source.src,
    path: target,
    basename: path.posix.basename(target),
    stem: path.posix.basename(target, extname),
    extname,
    mediaType: extname === '.adoc' ? 'text/asciidoc' : source.src.mediaType,
  }
  componentVersion.files.push(file)
}

/** Where links and images of a file lead to on the site. */
class Links {
  constructor (files, pages) {
    this.files = files
    this.pages = pages
  }

  /** The page, or the file in the repository. A link that leads nowhere fails the build. */
  link (from, href) {
    const [target, anchor] = href.split('#', 2)
    const hash = anchor === undefined ? '' : `#${anchor}`
    if (/^[a-z]+:/.test(href) || !target) return href
    const name = this.resolve(from, target)
    const page = this.pages.get(name) ?? this.pages.get(`${name}/README.md`)
    if (page) return `${page}.html${hash}`
    const isFile = this.files.has(name)
    if (!isFile && ![...this.files.keys()].some((file) => file.startsWith(`${name}/`))) {
      throw new Error(`${from}: the link to ${href} leads nowhere`)
    }
    const [repository, refname] = this.repository(from)
    return `${repository}/${isFile ? 'blob' : 'tree'}/${refname}/${name}${hash}`
  }

  image (from, src) {
    const name = this.resolve(from, src)
    if (!IMAGE.test(name) || !this.files.has(name)) throw new Error(`${from}: there is no image ${src}`)
    return `_images/${name}`
  }

  xref (from, href) {
    const name = this.resolve(from, href.split('#')[0])
    return `${this.pages.get(name)}.adoc`
  }

  resolve (from, target) {
    return path.posix.join(path.posix.dirname(from), target).replace(/\/$/, '')
  }

  repository (from) {
    return /^(.*)\/blob\/([^/]+)\//.exec(this.files.get(from).src.editUrl).slice(1)
  }
}
