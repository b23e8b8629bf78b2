/**
 * A form that was sent can't be sent again by a second click. The server's idempotency key is what protects the credits;
 * this only saves the person the doubt. Coming back by the Back button frees the button again.
 */
export function sendOnce(form: HTMLFormElement): void {
  const busy = (button: HTMLButtonElement, on: boolean) => {
    const text = button.dataset.busy
    if (text) {
      button.dataset.idle ??= button.textContent ?? ''
      button.textContent = on ? text : button.dataset.idle
    }
    button.disabled = on
  }
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) {
      event.preventDefault()
      return
    }
    form.dataset.sent = 'yes'
    const button = event.submitter
    // After the submission has read the form: a disabled button would drop its own name and value from it.
    if (button instanceof HTMLButtonElement) setTimeout(() => busy(button, true))
  })
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    delete form.dataset.sent
    for (const button of form.querySelectorAll('button')) busy(button, false)
  })
}
