import type { ChangeableSettings, ShopSettingsChange } from '../../../domain/shops/change-settings.ts'

type Form = Record<string, string>

/** What the form says, every field of it; a field that is no number of its kind is refused by the use case. */
export function settingsIn(form: Form): Omit<ShopSettingsChange, 'shopId' | 'actor'> {
  return {
    supervisorCredits: numberIn(form, 'supervisorCredits'),
    agentWaivers: numberIn(form, 'agentWaivers'),
    mergeWindow: numberIn(form, 'mergeWindow'),
    paidStatuses: listIn(form, 'paidStatuses'),
    unpaidStatuses: listIn(form, 'unpaidStatuses'),
    renewalTicket: form.renewalTicket ?? '',
    orderNotes: form.orderNotes === 'on',
    orderMeta: form.orderMeta === 'on',
    mailAddress: form.mailAddress ?? '',
    thanksReopen: form.thanksReopen === 'on',
    undoSeconds: numberIn(form, 'undoSeconds'),
    creditsKey: form.creditsKey ?? '',
    lowBalance: numberIn(form, 'lowBalance'),
  }
}

/** Settings as they stand in the fields. */
export function settingsValues(settings: ChangeableSettings): Form {
  const box = (on: boolean) => (on ? 'on' : '')
  return {
    supervisorCredits: String(settings.supervisorCredits),
    agentWaivers: String(settings.agentWaivers),
    mergeWindow: String(settings.mergeWindow),
    paidStatuses: settings.paidStatuses.join(', '),
    unpaidStatuses: settings.unpaidStatuses.join(', '),
    renewalTicket: settings.renewalTicket,
    orderNotes: box(settings.orderNotes),
    orderMeta: box(settings.orderMeta),
    mailAddress: settings.mailAddress,
    thanksReopen: box(settings.thanksReopen),
    undoSeconds: String(settings.undoSeconds),
    creditsKey: settings.creditsKey,
    lowBalance: String(settings.lowBalance),
  }
}

/** An empty field is none of the numbers that are allowed, so that it is named instead of read as 0. */
function numberIn(form: Form, field: string): number {
  const typed = (form[field] ?? '').trim().replace(',', '.')
  return typed === '' ? Number.NaN : Number(typed)
}

function listIn(form: Form, field: string): string[] {
  return (form[field] ?? '').split(/[\s,;]+/).filter((one) => one !== '')
}
