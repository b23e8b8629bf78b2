/** A box that was just ticked by hand takes no letters, so the keys go on from there. */
const fields = 'input:not([type="checkbox"], [type="radio"]), textarea, select, dialog[open]'

/** What opens over the page closes by Escape first, and keeps the focus near. */
const overlays = 'dialog[open], details.over'

/**
 * Keys that work anywhere on the page but in a field to write or choose in, which Escape leaves. Each is written down in the help
 * (src/web/desk/keys.tsx). Returns nothing to undo: a page lives as long as its keys.
 */
export function onKeys(acts: Record<string, () => boolean>): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return
    if (event.target instanceof HTMLElement && event.target.closest(fields)) {
      // While a letter is being composed, Escape takes that back.
      const leaves = event.key === 'Escape' && !event.isComposing
      if (leaves && !event.target.closest(overlays)) event.target.blur()
      return
    }
    if (acts[event.key]?.()) event.preventDefault()
  })
}

/** The page's list of keys, opened by "?" and by its button. */
export function openKeyHelp(): boolean {
  const help = document.querySelector<HTMLDialogElement>('#keys')
  if (!help) return false
  help.showModal()
  return true
}
