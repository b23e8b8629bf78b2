import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createFileBlobs } from '../../../connectors/files/blobs.ts'

let home: string
let folder: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'creditdesk-blobs-'))
  folder = join(home, 'blobs')
})

afterAll(() => rm(home, { recursive: true, force: true }))

test('bytes are found again by their SHA-256, and nothing else lies beside them', async () => {
  const blobs = createFileBlobs(folder)
  const name = await blobs.put(Buffer.from('Dober dan'))
  expect(name).toBe('f9b9d59bb9d52f9791ef1ae5793df3663f15c60fda1be649d7102dc8143ae2cd')
  expect((await blobs.get(name))?.toString()).toBe('Dober dan')
  expect(await readdir(join(folder, name.slice(0, 2)))).toEqual([name])
  expect(await readdir(`${folder}-drafts`)).toEqual([])
})

test('equal bytes lie there once, also when they come at once', async () => {
  const blobs = createFileBlobs(folder)
  const bytes = randomBytes(100_000)
  const names = await Promise.all(Array.from({ length: 8 }, () => blobs.put(bytes)))
  expect(new Set(names).size).toBe(1)
  expect((await blobs.get(names[0] ?? ''))?.equals(bytes)).toBe(true)
})

test('a file that a crash left short is written anew', async () => {
  const blobs = createFileBlobs(folder)
  const bytes = randomBytes(5_000)
  const name = await blobs.put(bytes)
  await writeFile(join(folder, name.slice(0, 2), name), bytes.subarray(0, 100))
  await blobs.put(bytes)
  expect((await blobs.get(name))?.equals(bytes)).toBe(true)
})

test('what was removed is gone, and removing it again is no error', async () => {
  const blobs = createFileBlobs(folder)
  const name = await blobs.put(Buffer.from('once'))
  await blobs.remove(name)
  await blobs.remove(name)
  expect(await blobs.get(name)).toBeUndefined()
})

test('a name that is none leads nowhere', async () => {
  const blobs = createFileBlobs(folder)
  await expect(blobs.get('../../etc/passwd')).rejects.toThrow(RangeError)
  await expect(blobs.remove(`${'a'.repeat(62)}/x`)).rejects.toThrow(RangeError)
})
