/*
 * How mail programs announce what they quote, in the languages of our customers and a few that their customers write. Every test
 * looks at a line of bounded length and for plain substrings, so that no mail can make it slow.
 */

/** How an attribution begins in one of the languages, lower case, where it begins with a word of its own. */
const begins = ['on ', 'am ', 'dne ', 'v ', 'dana ', 'στις ', 'την ', 'в ', 'در ', 'le ', 'il ', 'el ', 'op ']

const writes = [
  ...[' wrote', ' writes', ' schrieb', ' napisal', ' je pisal', ' piše', ' napisao'],
  ...[' geschrieben', 'έγραψε', 'έγραψαν', 'γράφει', 'написал', 'писал', 'пишет', 'نوشت'],
  ...[' a écrit', ' ha scritto', ' escribió', ' schreef'],
]

/** Longer than any line of that kind, with its address and a long name. */
const longestAttribution = 400

/** Not within a longer number: "203.0.113.98" is no time. */
const time = /(?<![\d.])\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?![\d.]{0,20}\d)/
/** A year of any calendar that is written there, or day and month. */
const date = /(?<!\d)(?:1[34]|19|20)\d{2}(?!\d)|(?<![\d.])\d{1,2}[./]\s?\d{1,2}[./]/

/** True for the words before a quote, such as "On Sun, 1 Mar 2026 at 10:00 Maja <maja@example.com> wrote:". */
export function isAttribution(text: string): boolean {
  if (text.length > longestAttribution) return false
  const line = bare(text)
  if (!/[:：]$/.test(line)) return false
  return writes.some((word) => line.includes(word)) || isSilent(line) || isForeign(line)
}

/** In a language that is not known here: who, with an address, and when. */
function isForeign(line: string): boolean {
  return /[<(][^<>()@]{1,64}@[^<>()]{1,200}[>)]/.test(line) && time.test(line) && date.test(line)
}

/** Gmail's in Russian and some others: day, time, name and address, and no verb. */
function isSilent(line: string): boolean {
  return /@[^<>]{1,200}>:$/.test(line) && time.test(line) && date.test(line)
}

/** Certain even when no ">" follows: it names an address, or day and time, as programs do and people don't. */
export function isCertainAttribution(text: string): boolean {
  if (!isAttribution(text)) return false
  const line = bare(text)
  if (!isSilent(line) && !writes.some((word) => line.includes(word))) return false
  if (line.includes('@') && /[<[(]/.test(line)) return true
  return time.test(line) && date.test(line) && mayBeginAttribution(line)
}

/** True for a line that an attribution could begin with when it was broken into several. */
export function mayBeginAttribution(line: string): boolean {
  const text = bare(line.slice(0, 80))
  if (begins.some((word) => text.startsWith(word))) return /\d/.test(text)
  return /^\p{L}{2,4}\.?,? /u.test(text) && date.test(text)
}

function bare(text: string): string {
  return withoutTurns(text)
    .replace(/^[\s*_-]{1,20}|[\s*_-]{1,20}$/g, '')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .toLowerCase()
}

/** Programs put these around names and addresses that run the other way. */
function withoutTurns(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}

const from = ['from', 'von', 'od', 'pošiljatelj', 'από', 'от', 'от кого', 'از', 'فرستنده', 'de', 'da', 'van']
const rest = [
  ...['sent', 'date', 'to', 'cc', 'subject', 'importance', 'reply-to'],
  ...['gesendet', 'datum', 'an', 'betreff', 'kopie', 'antwort an'],
  ...['poslano', 'za', 'zadeva', 'prejemnik', 'kp'],
  ...['στάλθηκε', 'ημερομηνία', 'προς', 'θέμα', 'κοιν.', 'κοινοποίηση', 'αποστολή'],
  ...['отправлено', 'дата', 'кому', 'тема', 'копия'],
  ...['ارسال', 'ارسال شده', 'تاریخ', 'به', 'موضوع', 'گیرنده', 'رونوشت'],
  ...[
    'envoyé',
    'à',
    'objet',
    'inviato',
    'a',
    'oggetto',
    'enviado',
    'para',
    'asunto',
    'verzonden',
    'aan',
    'onderwerp',
  ],
]
const fromLabels = new Set(from)
/** With these it begins in the programs that put the date before who sent it. */
const dateLabels = new Set([
  'sent',
  'date',
  'gesendet',
  'datum',
  'poslano',
  'отправлено',
  'дата',
  'στάλθηκε',
  'تاریخ',
])
const labels = new Set([...from, ...rest])

function labelOf(line: string): string | undefined {
  const [, label] =
    /^[\s*>]{0,10}([^:*\n]{1,20}?)\s{0,3}\*?\s?:/.exec(withoutTurns(line.slice(0, 60)).toLowerCase()) ?? []
  return label
}

/**
 * True when the header of a quoted mail, as Outlook writes it, begins at that line: who sent it first, or when and then who, and two
 * further fields below. A person who writes "From: here to there" is not quoting.
 */
export function isHeaderBlock(lines: readonly string[], at: number): boolean {
  const first = labelOf(lines[at] ?? '') ?? ''
  const dated = dateLabels.has(first)
  if (!dated && !fromLabels.has(first)) return false
  const below = lines.slice(at + 1, at + 12).filter((line) => line.trim() !== '')
  const named = below.slice(0, 8).map((line) => labelOf(line) ?? '')
  if (dated && !fromLabels.has(named[0] ?? '')) return false
  return named.filter((label) => labels.has(label)).length >= 2
}

/** "-----Original Message-----", "Begin forwarded message:" and their like; and lines drawn before a header block. */
export function isSeparator(line: string): boolean {
  const text = line.trim()
  if (text.length > 100) return false
  return /^[-_=*]{5,}$/.test(text) || announces(text)
}

const announced = [
  ...['original message', 'forwarded message', 'forwarded by', 'original appointment'],
  ...['ursprüngliche nachricht', 'originalnachricht', 'weitergeleitete nachricht', 'weitergeleitet von'],
  ...['izvorno sporočilo', 'posredovano sporočilo', 'prvotno sporočilo'],
  ...['αρχικό μήνυμα', 'προωθημένο μήνυμα', 'προωθούμενο μήνυμα'],
  ...['исходное сообщение', 'пересланное сообщение', 'пересылаемое сообщение', 'перенаправленное сообщение'],
  ...['پیام اصلی', 'پیام بازارسال شده', 'پیام ارسال شده', 'پیام هدایت شده'],
  ...[
    'message original',
    "message d'origine",
    'message transféré',
    'messaggio originale',
    'mensaje original',
  ],
]

const forwards = [
  'begin forwarded message:',
  'anfang der weitergeleiteten nachricht:',
  'začetek posredovanega sporočila:',
  'αρχή προωθημένου μηνύματος:',
  'начало переадресованного сообщения:',
  'начало пересылаемого сообщения:',
  'شروع پیام هدایت‌شده:',
  'شروع پیام ارسال‌شده:',
]

/** A line by which a program says that all below is an earlier mail. */
export function announces(line: string): boolean {
  const text = withoutTurns(line).trim().toLowerCase()
  if (text.length > 100) return false
  if (forwards.includes(text)) return true
  return (
    /^[-_]{2,}[^-_]/.test(text) &&
    /[^-_][-_]{2,}$/.test(text) &&
    announced.some((words) => text.includes(words))
  )
}

const devices = [
  ...[
    'sent from my ',
    'sent from mail for ',
    'sent from outlook',
    'sent from yahoo',
    'sent from proton',
    'sent with proton',
  ],
  ...['sent from samsung', 'get outlook for ', 'sent from the all new '],
  ...['von meinem ', 'gesendet von ', 'gesendet mit ', 'outlook für '],
  ...['poslano iz ', 'poslano z ', 'poslano s ', 'poslano prek '],
  ...['στάλθηκε από ', 'εστάλη από ', 'αποστολή από ', 'απεστάλη από '],
  ...['отправлено с ', 'отправлено из ', 'отправлено со ', 'послано с '],
  ...['ارسال شده از ', 'ارسال‌شده از ', 'فرستاده شده از ', 'فرستاده‌شده از ', 'ارسال از '],
  ...['envoyé de mon ', 'inviato da ', 'enviado desde '],
]

/** One of these stands in each such line, and hardly in "Sent from the warehouse yesterday". */
const named = [
  ...[
    'iphon',
    'ipad',
    'android',
    'galaxy',
    'samsung',
    'huawei',
    'xiaomi',
    'blackberry',
    'phone',
    'mobile',
    'tablet',
  ],
  ...['outlook', 'gmail', 'yahoo', 'proton', 'windows', 'mail', 'telefon', 'naprav', 'smartphone', 'handy'],
  ...[
    'κινητ',
    'τηλέφων',
    'συσκευή',
    'мобильн',
    'телефон',
    'устройств',
    'почт',
    'گوشی',
    'موبایل',
    'آیفون',
    'آیپد',
  ],
]

/** "Sent from my iPhone": what a device adds below what its owner wrote. */
export function isDeviceLine(line: string): boolean {
  const text = withoutTurns(line).replaceAll('[', '').trim().toLowerCase()
  if (text.length > 120 || !devices.some((words) => text.startsWith(words))) return false
  return named.some((word) => text.includes(word))
}
