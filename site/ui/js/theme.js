// Before the page is drawn, so that it does not flash. Without a choice, the browser's preference applies.
try {
  const theme = localStorage.getItem('theme')
  if (theme) document.documentElement.dataset.theme = theme
} catch {
  // Storage is not available: the preference applies
}
