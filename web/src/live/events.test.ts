import { expect, test } from 'vitest';
import { EventReader, type ServerEvent } from './events';

function read(pieces: string[]) {
  const events: ServerEvent[] = [];
  const retries: number[] = [];
  const reader = new EventReader({
    event: (event) => events.push(event),
    retry: (ms) => retries.push(ms),
  });
  for (const piece of pieces) reader.push(piece);
  return { events, retries };
}

const STREAM =
  ': hello\n\nevent: results\nid: 1.2\ndata: {"a":1}\n\nretry: 1500\nid:1.3\ndata:one\ndata:  two\n\ndata: cut off';
const EVENTS = [
  { id: '1.2', data: '{"a":1}' },
  { id: '1.3', data: 'one\n two' },
];

test('events, comments and retry are read; what is cut off is not an event', () => {
  expect(read([STREAM])).toEqual({ events: EVENTS, retries: [1500] });
});

test('however the stream is cut into pieces, and whatever ends its lines', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const stream = STREAM.replaceAll('\n', end);
    for (let at = 1; at < stream.length; at++) {
      const { events, retries } = read([stream.slice(0, at), stream.slice(at)]);
      expect(events, `${JSON.stringify(end)} ${at}`).toEqual(EVENTS);
      expect(retries).toEqual([1500]);
    }
    expect(read([...stream]).events).toEqual(EVENTS);
  }
});

test('an id stays until another comes; an event without data is none', () => {
  expect(read(['id: 7\n\ndata: x\n\n']).events).toEqual([{ id: '7', data: 'x' }]);
});

test('a retry that is no number is passed over', () => {
  expect(read(['retry: soon\nretry: 12x\n\n']).retries).toEqual([]);
});

test('a line without a colon is a field without a value', () => {
  expect(read(['data\ndata\n\n']).events).toEqual([{ id: '', data: '\n' }]);
});
