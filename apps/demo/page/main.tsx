import { render } from 'preact'
import './style/page.css'
import { followLinks } from './address.ts'
import { App } from './app.tsx'
import { start } from './state.ts'

const root = document.getElementById('page')
if (root !== null) {
  start()
  followLinks()
  render(<App />, root)
}
