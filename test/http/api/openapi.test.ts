import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { apiRoutes } from '../../../src/http/api/routes.ts'
import { openTestApp, type TestApp } from '../open-app.ts'
import { document, misfit } from './documented.ts'

let test: TestApp

beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())

/** Where shops post; test/connectors/generic posts what the document says of it. */
const intakes = ['post /webhooks/generic/{shopId}']

describe('openapi.json', () => {
  it('is served without a key', async () => {
    const answer = await request(test.app).get('/api/v1/openapi.json').expect(200)
    expect(answer.body).toEqual(document)
    expect(answer.body.openapi).toBe('3.1.0')
  })

  it('holds every route that the app serves, and no other', async () => {
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    const served = [...apiRoutes.map((route) => `${route.method} ${route.path}`), ...intakes]
    expect(documented.sort()).toEqual(served.sort())
    for (const route of apiRoutes) {
      const url = `/api/v1${route.path.replace(/\{\w+\}/g, '1')}`
      const answer = await request(test.app)[route.method](url)
      expect([route.path, answer.status]).toEqual([route.path, 401])
    }
  })

  it('names each operation once and every id of its path', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    )
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const given = operation.parameters?.filter((one) => one.in === 'path').map((one) => one.name) ?? []
      expect([path, given]).toEqual([path, inPath])
    }
  })

  it('has schemas that compile, with examples that fit them', () => {
    let checked = 0
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const body = operation.requestBody?.content['application/json']
        if (!body) continue
        const pointer = ['paths', path, method, 'requestBody', 'content', 'application/json', 'schema']
        expect(body.example).toBeDefined()
        expect([path, misfit(pointer, body.example)]).toEqual([path, undefined])
        checked += 1
      }
    }
    expect(checked).toBe(apiRoutes.filter((route) => route.body).length + intakes.length)
    for (const name of Object.keys(document.components.schemas)) {
      expect([name, misfit(['components', 'schemas', name], undefined)]).not.toEqual([name, undefined])
    }
  })
})
