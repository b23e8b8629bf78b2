import { humanSize } from './size.ts'

interface Kept {
  id: string
  name: string
  size: number
}

/**
 * Files by choosing, dropping and pasting: each is uploaded at once, with its progress, and stands in the form as the id that it was given.
 * `changed` is called when the form's files are others.
 */
export function takeFiles(form: HTMLFormElement, changed: () => void): void {
  const list = form.querySelector<HTMLElement>('[data-files]')
  const input = form.querySelector<HTMLInputElement>('[data-attach]')
  if (!list || !input) return
  const fill = (template: string | undefined, name: string) => (template ?? '').replace('{name}', () => name)
  let uploading = 0

  const sending = (more: number) => {
    uploading += more
    // An answer must not go without what is still on its way.
    form.toggleAttribute('data-uploading', uploading > 0)
  }
  const add = async (file: File): Promise<void> => {
    const item = document.createElement('li')
    const name = document.createElement('span')
    name.dir = 'auto'
    name.textContent = file.name
    const bar = document.createElement('progress')
    bar.max = 1
    bar.value = 0
    bar.setAttribute('aria-label', fill(list.dataset.uploading, file.name))
    item.append(name, ' ', bar)
    list.append(item)
    const together = [...list.querySelectorAll<HTMLElement>('li[data-size]')].reduce(
      (sum, one) => sum + Number(one.dataset.size),
      file.size,
    )
    if (file.size > Number(list.dataset.mostEach) || together > Number(list.dataset.most)) {
      return complain(item, fill(list.dataset.tooLarge, file.name))
    }
    item.dataset.size = String(file.size)
    sending(1)
    const kept = await upload(form, list.dataset.files ?? '', file, (share) => {
      bar.value = share
    })
    sending(-1)
    if (kept === 'too_large') complain(item, fill(list.dataset.tooLarge, file.name))
    else if (!kept) complain(item, fill(list.dataset.failed, file.name))
    else {
      show(item, kept)
      changed()
    }
  }
  const complain = (item: HTMLElement, text: string) => {
    delete item.dataset.size
    item.className = 'bad'
    item.setAttribute('role', 'alert')
    item.textContent = text
    setTimeout(() => item.remove(), 12_000)
  }
  const show = (item: HTMLElement, { id, name, size }: Kept) => {
    item.dataset.size = String(size)
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = 'file'
    field.value = id
    const label = document.createElement('span')
    label.dir = 'auto'
    label.textContent = name
    const weight = document.createElement('span')
    weight.className = 'small quiet num'
    weight.textContent = humanSize(size)
    const button = document.createElement('button')
    button.className = 'plain'
    button.type = 'submit'
    button.formNoValidate = true
    button.formAction = removalOf(list.dataset.files ?? '', id)
    button.setAttribute('aria-label', fill(list.dataset.remove, name))
    button.textContent = '×'
    item.replaceChildren(field, label, ' ', weight, button)
  }
  const addAll = (files: Iterable<File>) => {
    // One after the other: the limits of a message are counted by what is there already.
    let turn = Promise.resolve()
    for (const file of files) turn = turn.then(() => add(file))
  }

  input.addEventListener('change', () => {
    addAll([...(input.files ?? [])])
    // What was uploaded must not go along a second time.
    input.value = ''
  })
  form.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    addAll(files)
  })
  // Wherever on the page it is dropped: beside the form, the browser would leave the page for the file.
  const target = document.querySelector<HTMLElement>('main.ticket, main.portal') ?? form
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  target.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    form.classList.add('dropping')
  })
  target.addEventListener('dragleave', (event) => {
    if (!(event.relatedTarget instanceof Node && target.contains(event.relatedTarget)))
      form.classList.remove('dropping')
  })
  target.addEventListener('drop', (event) => {
    form.classList.remove('dropping')
    if (!holdsFiles(event)) return
    event.preventDefault()
    addAll([...(event.dataTransfer?.files ?? [])])
  })
  form.addEventListener('click', (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-files] button') : null
    const item = button?.closest('li')
    if (!button || !item) return
    event.preventDefault()
    const body = new FormData()
    body.set('csrf', csrfOf(form))
    void fetch(button.formAction, { method: 'POST', headers: { accept: 'application/json' }, body }).then(
      (answer) => {
        if (!answer.ok && answer.status !== 404) return
        item.remove()
        changed()
        form.querySelector('textarea')?.focus()
      },
      () => undefined,
    )
  })
  form.addEventListener(
    'submit',
    (event) => {
      if (uploading === 0) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    { capture: true },
  )
}

function removalOf(action: string, id: string): string {
  const [path = '', query] = action.split('?')
  return `${path}/${encodeURIComponent(id)}/remove${query === undefined ? '' : `?${query}`}`
}

function csrfOf(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>('[name="csrf"]')?.value ?? ''
}

/** By XMLHttpRequest, because fetch tells nothing of how far an upload is. */
function upload(
  form: HTMLFormElement,
  address: string,
  file: File,
  progress: (share: number) => void,
): Promise<Kept | 'too_large' | undefined> {
  return new Promise((resolve) => {
    const body = new FormData()
    body.set('csrf', csrfOf(form))
    body.set('idempotencyKey', form.querySelector<HTMLInputElement>('[name="idempotencyKey"]')?.value ?? '')
    body.set('channel', String(new FormData(form).get('channel') ?? 'email'))
    body.set('files', file)
    const request = new XMLHttpRequest()
    request.open('POST', address)
    request.setRequestHeader('accept', 'application/json')
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      progress(total > 0 ? loaded / total : 0),
    )
    request.addEventListener('load', () => {
      if (request.status === 413 || request.status === 422) return resolve('too_large')
      resolve(request.status === 201 ? readKept(request.responseText) : undefined)
    })
    request.addEventListener('error', () => resolve(undefined))
    request.send(body)
  })
}

function readKept(text: string): Kept | undefined {
  const { files } = JSON.parse(text) as { files: Kept[] }
  return files[0]
}
