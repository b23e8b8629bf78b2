// The print button does nothing without this script, so the style sheet shows it only when the script has run.
document.documentElement.classList.add('scripted')
for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => window.print())
}
