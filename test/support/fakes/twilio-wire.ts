import { randomBytes } from 'node:crypto'

/** A Message resource as the API answers it (snake case, every field present). */
export interface TwilioMessage {
  sid: string
  account_sid: string
  api_version: string
  body: string
  date_created: string
  date_sent: string | null
  date_updated: string
  direction: 'outbound-api' | 'inbound'
  error_code: number | null
  error_message: string | null
  from: string | null
  messaging_service_sid: string | null
  num_media: string
  num_segments: string
  price: string | null
  price_unit: string
  status: string
  subresource_uris: Record<string, string>
  to: string
  uri: string
}

/** A text that was just taken from this form. */
export function newMessage(accountSid: string, form: Record<string, string | undefined>): TwilioMessage {
  const sid = `SM${randomBytes(16).toString('hex')}`
  const now = rfc2822(new Date())
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${sid}`
  return {
    sid,
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: form.Body ?? '',
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: form.From ?? null,
    messaging_service_sid: form.MessagingServiceSid ?? null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    status: form.MessagingServiceSid ? 'accepted' : 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: form.To ?? '',
    uri: `${uri}.json`,
  }
}

/** One page of the texts to the number asked for, newest first. */
export function listPage(messages: TwilioMessage[], url: URL): object {
  const to = url.searchParams.get('To')
  const size = Number(url.searchParams.get('PageSize') ?? 50)
  const page = Number(url.searchParams.get('Page') ?? 0)
  const all = messages.filter((message) => to === null || message.to === to)
  const rows = all.slice(page * size, (page + 1) * size)
  const pageUri = (number: number) => {
    const query = new URLSearchParams(url.searchParams)
    query.set('Page', String(number))
    query.set('PageSize', String(size))
    return `${url.pathname}?${query.toString()}`
  }
  return {
    end: Math.max(0, page * size + rows.length - 1),
    first_page_uri: pageUri(0),
    messages: rows,
    next_page_uri: (page + 1) * size < all.length ? pageUri(page + 1) : null,
    page,
    page_size: size,
    previous_page_uri: page > 0 ? pageUri(page - 1) : null,
    start: page * size,
    uri: pageUri(page),
  }
}

/** The body of every refusal. */
export function restException(code: number, message: string, status: number): object {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }
}

/** "Thu, 24 Aug 2023 05:01:45 +0000" */
export function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}
