import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { verifyLedger } from '../../src/domain/credits/verify-ledger.ts'
import { importColumns } from '../../src/domain/imports/columns.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

const path = '/desk/import'

let test: TestApp
let shop: TestShop
let maja: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId, 'owner')
})
afterAll(async () => {
  expect((await verifyLedger(test.deps.db)).problems).toEqual([])
  await test.close()
})

/** Opens the page and checks a file, or what is pasted into its text field. */
async function check(file: Buffer | string, pasted = '', who = maja) {
  const page = await who.get(path).expect(200)
  return who.postFile(path, { ...hiddenFields(page.text, path), csv: pasted }, file)
}

const grantsOf = (shopId = shop.shopId) => test.deps.db.prisma.creditGrant.count({ where: { shopId } })

describe('the import on the desk', () => {
  const csv =
    'reference,email,name,credits\nH-1,ana@desk.example,Ana,12.5\nH-2,bor@desk.example,"Bor ""B"" <b>",3\n'

  it('leads from a file over what it would do to the balances, and knows it the second time', async () => {
    const before = await grantsOf()
    const checked = await check(csv)
    expect(checked.status).toBe(200)
    expect(readText(checked)).toContain('This is what the import would do')
    expect(readText(checked)).toMatch(/Balances 2 Credits 15.5 New customers 2 Known customers 0/)
    expect(readText(checked)).toContain('Import 2 balances')
    expect(await grantsOf()).toBe(before)

    const fields = hiddenFields(checked.text, path)
    expect(fields).toMatchObject({ step: 'import', csv })
    const done = await maja.postFile(path, fields).expect(303)
    expect(done.headers.location).toMatch(/^\/desk\/import\/\d+$/)
    expect(await grantsOf()).toBe(before + 2)
    const result = await maja.get(String(done.headers.location)).expect(200)
    expect(readText(result)).toContain('2 balances imported')
    expect(readText(result)).toContain('By Maja owner')
    expect(readText(result)).toMatch(/Ana ana@desk.example 12.5 No end/)
    expect(readText(result)).toContain('Bor "B" <b>')
    const statement = /href="(\/desk\/customers\/\d+\/statement)"/.exec(result.text)?.[1] ?? ''
    expect(readText(await maja.get(statement).expect(200))).toContain('12.5')

    for (const again of [await maja.postFile(path, fields), await check(csv)]) {
      expect(again.status).toBe(200)
      expect(readText(again)).toContain('All 2 rows were imported before')
      expect(again.text).not.toContain('value="import"')
    }
    expect(await grantsOf()).toBe(before + 2)
    expect(readText(await maja.get(path))).toContain('2 balances imported 15.5 credits, by Maja owner')
  })

  it('imports what was checked, line ends of a browser and a mark of UTF-8 included', async () => {
    const windows = Buffer.from(
      '\ufeffreference;email;name;credits\r\nW-1;wanda@desk.example;"Wanda\r\nŽ";7,5\r\n',
    )
    const fields = hiddenFields((await check(windows)).text, path)
    await maja.postFile(path, fields).expect(303)
    expect(readText(await check(windows))).toContain('1 row, and it was imported before')
    expect(readText(await check('', fields.csv))).toContain('1 row, and it was imported before')
  })

  it('takes pasted rows, tells what is wrong in them and keeps them to be corrected', async () => {
    const before = await grantsOf()
    const wrong = 'reference,email,credits\nP-1,pia@desk.example,1\nP-2,pia@,0'
    const answer = await check('', wrong)
    expect(answer.status).toBe(422)
    const text = readText(answer)
    expect(text).toContain('Nothing was imported: there are 2 mistakes')
    expect(text).toMatch(/3 email "pia@" is no e-mail address/)
    expect(text).toMatch(/3 credits give a number above 0/)
    expect(answer.text).toContain(`${wrong}</textarea>`)
    expect(answer.text).not.toContain('value="import"')
    const right = await check('', wrong.replace('pia@,0', 'pia@home.example,2'))
    expect(readText(right)).toContain('Import 2 balances')
    expect(await grantsOf()).toBe(before)
  })

  it('checks once more what the button sends', async () => {
    const before = await grantsOf()
    const checked = await check('reference,email,credits\nT-1,tina@desk.example,1\n')
    const fields = hiddenFields(checked.text, path)
    const tampered = await maja.postFile(path, { ...fields, csv: 'reference,email,credits\nT-1,tina@,-1\n' })
    expect([tampered.status, await grantsOf()]).toEqual([422, before])
    await maja.postFile(path, fields).expect(303)
    const other = await maja.postFile(path, { ...fields, csv: fields.csv?.replace(',1\n', ',2\n') ?? '' })
    expect(other.status).toBe(422)
    expect(readText(other)).toContain('"T-1" was imported with "1"')
    expect(await grantsOf()).toBe(before + 1)
  })

  it.each([
    ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le')],
    ['UTF-16 without its mark', Buffer.from(csv, 'utf16le')],
    ['Latin 1', Buffer.from('email,name,credits\na@x.example,Mañana,1\n', 'latin1')],
    ['a workbook', Buffer.from('504b0304140006000800000021006c8f5f3cff', 'hex')],
    ['bytes without sense', Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 7919) % 256))],
  ])('tells what to do with a file in %s', async (_, bytes) => {
    const answer = await check(bytes)
    expect(answer.status).toBe(422)
    expect(readText(answer)).toContain('save the file as "CSV UTF-8"')
  })

  it('asks for a file when there is none, and for a smaller one beyond the limit', async () => {
    const nothing = await check('', '')
    expect(nothing.status).toBe(422)
    expect(readText(nothing)).toContain('Choose a file, or paste its rows below')
    const large = await check(Buffer.alloc(5_000_001, 'x'))
    expect(large.status).toBe(413)
    expect(readText(large)).toContain('larger than 5 MB')
    for (const length of [5_500_000, 6_500_000]) {
      const pasted = await check('', 'x'.repeat(length))
      expect([length, pasted.status]).toEqual([length, 413])
    }
  })

  it('gives the columns as a template that has no row yet', async () => {
    const template = await maja.get(`${path}/template.csv`).expect(200)
    expect(template.headers['content-disposition']).toContain('balances.csv')
    expect(template.text).toBe(`\ufeff${importColumns.join(',')}\r\n`)
    expect(readText(await check(template.text))).toContain('there is no row below the header')
  })

  it('takes a file of 4 MB and 20,000 rows', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `L${n},l${n}@desk.example,${'n'.repeat(150)},1`)
    const large = await check(`reference,email,name,credits\n${rows.join('\n')}\n`)
    expect(large.status).toBe(200)
    expect(readText(large)).toContain('Import 20,000 balances')
  })
})

describe('nobody but an owner of the shop', () => {
  const csv = 'reference,email,credits\nN-1,nina@desk.example,1\n'

  it.each(['agent', 'supervisor'] as const)('imports: %s', async (role) => {
    const luka = await signInAs(test.app, test.deps, shop.shopId, role)
    for (const at of ['', '/template.csv', '/1']) await luka.get(`${path}${at}`).expect(403)
    const fields = hiddenFields((await luka.get('/desk')).text, '/logout')
    const before = await grantsOf()
    await luka.postFile(path, { ...fields, step: 'import', csv }, csv).expect(403)
    expect(await grantsOf()).toBe(before)
    expect((await luka.get('/desk')).text).not.toContain(`href="${path}"`)
    expect((await maja.get('/desk')).text).toContain(`href="${path}"`)
  })

  it('comes in without a sign-in, or with a form that is not from here', async () => {
    expect((await request(test.app).get(path).set('Accept', 'text/html')).headers.location).toBe(
      '/login?next=%2Fdesk%2Fimport',
    )
    await request(test.app).post(path).field('step', 'import').field('csv', csv).expect(401)
    const before = await grantsOf()
    const fields = { step: 'import', csv }
    await maja.postFile(path, fields).expect(403)
    await maja.postFile(path, { ...fields, csrf: 'x' }).expect(403)
    await maja.post(path, fields).expect(403)
    const page = await maja.get(path)
    const own = hiddenFields(page.text, path)
    await maja
      .postFile(path, { ...own, ...fields })
      .set('Origin', 'https://elsewhere.example')
      .expect(403)
    expect(await grantsOf()).toBe(before)
  })

  it('sees the import of another shop', async () => {
    const [line] = await test.deps.db.prisma.auditLog.findMany({
      where: { shopId: shop.shopId, action: 'import_balances' },
    })
    await maja.get(`${path}/${line?.id}`).expect(200)
    const other = await seedShop(test.deps, 'Other')
    const stranger = await signInAs(test.app, test.deps, other.shopId, 'owner')
    await stranger.get(`${path}/${line?.id}`).expect(404)
    expect(readText(await stranger.get(path).expect(200))).toContain('Nothing was imported yet')
    for (const id of ['0', 'x', '999999', '99999999999999999999']) await maja.get(`${path}/${id}`).expect(404)
  })

  it.each([
    ['no boundary', 'multipart/form-data', 'x'],
    [
      'no end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="csv"\r\n\r\nx',
    ],
    ['an odd header', 'multipart/form-data; boundary=b', '--b\r\nContent-Disposition: x\r\n\r\nx\r\n--b--'],
    ['another type', 'application/json', '{}'],
  ])('makes it fail with %s', async (_, type, body) => {
    const answer = await request(test.app)
      .post(path)
      .set('Cookie', String(maja.cookie))
      .set('Content-Type', type)
      .send(body)
    expect([400, 403]).toContain(answer.status)
  })

  it('makes it fail with more parts than the form has', async () => {
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`field${n}`, 'x']))
    await maja.postFile(path, fields).expect(400)
  })
})
