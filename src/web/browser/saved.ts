interface Reply {
  id: string
  folder: string
  name: string
  text: string
}

/**
 * Saved replies, by the button or by "/" at the start of a line: a list to search in, with the arrow keys, Enter and Escape. The text comes
 * at the cursor, filled in by the server for this ticket.
 */
export function offerReplies(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>('[data-saved-replies]')
  const body = form.querySelector('textarea')
  if (!button || !body) return
  let replies: Reply[] | undefined
  let shown: Reply[] = []
  let at = 0

  const box = document.createElement('div')
  box.className = 'saved-box'
  box.hidden = true
  const search = document.createElement('input')
  search.type = 'search'
  search.autocomplete = 'off'
  search.setAttribute('role', 'combobox')
  search.setAttribute('aria-expanded', 'true')
  search.setAttribute('aria-controls', 'saved-list')
  search.setAttribute('aria-label', button.dataset.search ?? '')
  search.placeholder = button.dataset.search ?? ''
  const list = document.createElement('ul')
  list.id = 'saved-list'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', button.dataset.label ?? '')
  const none = document.createElement('p')
  none.className = 'small quiet'
  none.textContent = button.dataset.none ?? ''
  const manage = document.createElement('a')
  manage.className = 'link small'
  manage.href = '/desk/replies'
  manage.textContent = button.dataset.manage ?? ''
  box.append(search, list, none, manage)
  form.append(box)

  const draw = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
    shown = (replies ?? []).filter((reply) => {
      const all = `${reply.folder} ${reply.name} ${reply.text}`.toLowerCase()
      return words.every((word) => all.includes(word))
    })
    at = Math.min(at, Math.max(0, shown.length - 1))
    list.replaceChildren(
      ...shown.map((reply, index) => {
        const item = document.createElement('li')
        item.id = `saved-${reply.id}`
        item.setAttribute('role', 'option')
        item.setAttribute('aria-selected', String(index === at))
        const name = document.createElement('b')
        name.dir = 'auto'
        name.textContent = reply.folder ? `${reply.folder} / ${reply.name}` : reply.name
        const text = document.createElement('span')
        text.className = 'small quiet'
        text.dir = 'auto'
        text.textContent = reply.text
        item.append(name, text)
        item.addEventListener('mousedown', (event) => {
          event.preventDefault()
          insert(reply)
        })
        return item
      }),
    )
    none.hidden = shown.length > 0
    const chosen = shown[at]
    if (chosen) search.setAttribute('aria-activedescendant', `saved-${chosen.id}`)
    else search.removeAttribute('aria-activedescendant')
    list.children[at]?.scrollIntoView({ block: 'nearest' })
  }
  const open = async () => {
    box.hidden = false
    search.value = ''
    at = 0
    search.focus()
    draw()
    // Read each time: the balance in them may have changed.
    const answer = await fetch(button.formAction, { headers: { accept: 'application/json' } }).catch(
      () => undefined,
    )
    if (answer?.ok) replies = ((await answer.json()) as { replies: Reply[] }).replies
    draw()
  }
  const close = () => {
    box.hidden = true
    body.focus()
  }
  const insert = ({ text }: Reply) => {
    close()
    body.setRangeText(text, body.selectionStart, body.selectionEnd, 'end')
    body.dispatchEvent(new Event('input', { bubbles: true }))
  }

  button.addEventListener('click', (event) => {
    event.preventDefault()
    void open()
  })
  body.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
    const before = body.value.slice(0, body.selectionStart)
    if (before !== '' && !before.endsWith('\n')) return
    event.preventDefault()
    void open()
  })
  search.addEventListener('input', draw)
  search.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      at = shown.length === 0 ? 0 : (at + step + shown.length) % shown.length
      draw()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const chosen = shown[at]
      if (chosen) insert(chosen)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      close()
    } else if (event.key === '/' && search.value === '') {
      // Who wants the sign itself types it twice.
      event.preventDefault()
      insert({ id: '', folder: '', name: '', text: '/' })
    }
  })
  search.addEventListener('blur', () => {
    setTimeout(() => {
      if (!box.contains(document.activeElement)) box.hidden = true
    }, 150)
  })
}
