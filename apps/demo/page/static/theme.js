// Before the first paint, so that a page in the dark does not flash. Afterwards theme.ts takes over.
try {
  const theme = localStorage.getItem('wantconn-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
