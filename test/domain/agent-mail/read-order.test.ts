import { describe, expect, it } from '@jest/globals'
import { readOrder } from '../../../src/domain/agent-mail/read-order.ts'

const plain = { close: false }

describe('what an agent asks for by mail', () => {
  it.each([
    ['Clear the cache.', { act: 'reply', body: 'Clear the cache.', ...plain }],
    ['\r\n  Hello\r\n\r\nBye', { act: 'reply', body: 'Hello\n\nBye', ...plain }],
    ['#note\nHe called twice.', { act: 'note', body: 'He called twice.', ...plain }],
    ['#NOTE\n\nHe called.', { act: 'note', body: 'He called.', ...plain }],
    ['#work 40\nMoved the shop.', { act: 'work', minutes: 40, body: 'Moved the shop.', ...plain }],
    ['#work 40 min\nMoved.', { act: 'work', minutes: 40, body: 'Moved.', ...plain }],
    ['#free our own mistake\nSorry.', { act: 'reply', waive: 'our own mistake', body: 'Sorry.', ...plain }],
    ['#close\nDone.', { act: 'reply', body: 'Done.', close: true }],
    ['#close', { act: 'nothing', body: '', close: true }],
    ['#assign maja', { act: 'nothing', body: '', assign: 'maja', ...plain }],
    [
      '#work 15\n#free training\n#close\n#assign Maja Kos\nShown how.',
      {
        act: 'work',
        minutes: 15,
        waive: 'training',
        close: true,
        assign: 'Maja Kos',
        body: 'Shown how.',
      },
    ],
    // A number or a heading is no command, and neither is what stands further down.
    ['#1 is fixed', { act: 'reply', body: '#1 is fixed', ...plain }],
    ['Use the tag\n#note', { act: 'reply', body: 'Use the tag\n#note', ...plain }],
  ])('%j', (text, order) => {
    expect(readOrder(text)).toEqual({ order })
  })

  it.each([
    ['#nota\nfor colleagues only', /no command #nota/],
    ['#opomba\nsamo za sodelavce', /no command #opomba/],
    ['#work\nMoved.', /minutes/],
    ['#work 0\nMoved.', /minutes/],
    ['#work 2000\nMoved.', /minutes/],
    ['#work 4.5\nMoved.', /minutes/],
    ['#note #work 5\nx', /alone/],
    ['#note\n#work 5\nx', /together/],
    ['#free\nSorry.', /reason/],
    ['#free mistake', /below/],
    ['#note', /below/],
    ['#work 5', /below/],
    ['#assign', /name/],
    ['   ', /no text/],
  ])('%j is not guessed at', (text, problem) => {
    expect(readOrder(text)).toEqual({ problem: expect.stringMatching(problem) })
  })
})
