/**
 * Makes the children of `here` those of `there`, piece by piece: what did not change is not touched, so that the focus, an open quote and
 * the place of a screen reader stay where they are. `keyOf` says which pieces are the same. Returns the keys that came.
 */
export function morphChildren(here: Element, there: Element, keyOf: (piece: Element) => string): string[] {
  const known = new Map([...here.children].map((piece) => [keyOf(piece), piece]))
  const came: string[] = []
  let before: Element | null = null
  for (const piece of [...there.children]) {
    const key = keyOf(piece)
    const old = known.get(key)
    known.delete(key)
    const now = old ? morphPiece(old, piece) : document.adoptNode(piece)
    if (!old) came.push(key)
    const next: Element | null = before ? before.nextElementSibling : here.firstElementChild
    if (now !== next) moveBefore(here, now, next)
    before = now
  }
  for (const gone of known.values()) if (!isDirty(gone)) gone.remove()
  return came
}

/** A piece that is moved loses the focus, and whoever goes by keys would begin at the top again. */
function moveBefore(here: Element, piece: Element, next: Element | null): void {
  const { activeElement } = document
  here.insertBefore(piece, next)
  if (activeElement instanceof HTMLElement && piece.contains(activeElement))
    activeElement.focus({ preventScroll: true })
}

/** The piece that stands in the page afterwards. */
export function morphPiece(here: Element, there: Element): Element {
  if (here.id !== there.id) here.id = there.id
  if (here.className !== there.className) here.className = there.className
  if (plain(here) === plain(there) || isDirty(here)) return here
  const inside = here.contains(document.activeElement)
  const at = inside ? focusable(here).indexOf(document.activeElement as HTMLElement) : -1
  const open = [...here.querySelectorAll('details')].map((details) => details.open)
  here.replaceChildren(...there.childNodes)
  for (const [index, details] of here.querySelectorAll('details').entries()) {
    if (open[index]) details.open = true
  }
  if (at >= 0) focusable(here)[at]?.focus({ preventScroll: true })
  return here
}

/** Takes over each of these pieces that stands in both pages. */
export function takeParts(next: Document, ...selectors: string[]): void {
  for (const selector of selectors) {
    const [here, there] = [document.querySelector(selector), next.querySelector(selector)]
    if (here && there) morphPiece(here, there)
  }
}

/** What was opened by hand is no difference. */
function plain(piece: Element): string {
  return piece.innerHTML.replaceAll(' open=""', '')
}

function focusable(piece: Element): HTMLElement[] {
  return [...piece.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary')]
}

/** What a person is filling in must not be taken from under the hand. */
function isDirty(piece: Element): boolean {
  return [...piece.querySelectorAll<HTMLInputElement>('input:not([type="hidden"]), textarea')].some(
    (field) =>
      field === document.activeElement ||
      (field.type === 'checkbox' || field.type === 'radio'
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue),
  )
}
