const root = document.documentElement
const headings = document.getElementById('headings')
const menu = document.getElementById('menu')
const search = document.getElementById('search-input')

document.getElementById('theme').addEventListener('click', () => {
  const isDark = getComputedStyle(root).colorScheme === 'dark' ||
    (getComputedStyle(root).colorScheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = isDark ? 'light' : 'dark'
  try {
    localStorage.setItem('theme', root.dataset.theme)
  } catch {
    // The choice lasts for this page
  }
})

function showMenu (open) {
  menu.setAttribute('aria-expanded', open)
  document.body.classList.toggle('menu-open', open)
}

menu.addEventListener('click', () => showMenu(menu.getAttribute('aria-expanded') !== 'true'))
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') showMenu(false)
  if (event.key === '/' && !/^(?:INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault()
    search.focus()
  }
})
document.querySelector('#pages [aria-current]')?.scrollIntoView({ block: 'center' })
document.getElementById('versions')?.addEventListener('change', (event) => location.assign(event.target.value))

for (const heading of document.querySelectorAll('article.doc h2[id], article.doc h3[id]')) {
  const link = document.createElement('a')
  link.href = `#${heading.id}`
  link.className = heading.localName
  link.textContent = heading.textContent
  headings.append(link)
}
