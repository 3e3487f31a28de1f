import { expect, test } from 'vitest';
import { pollOf } from './harness';
import { isEndUnknown, spreadOver } from './useTrueEnd';

const LATER = new Date(Date.now() + 3_600_000).toISOString();
const BEFORE = new Date(Date.now() - 1000).toISOString();

test('who closed a poll early is asked for the end, and nobody else', () => {
  expect(isEndUnknown(pollOf({ closesAt: LATER }), 'closed')).toBe(true);
  expect(isEndUnknown(pollOf({ closesAt: null }), 'closed')).toBe(true);
  expect(isEndUnknown(pollOf({ closesAt: BEFORE }), 'closed')).toBe(false);
  expect(isEndUnknown(pollOf({ closesAt: LATER }), 'open')).toBe(false);
  expect(isEndUnknown(pollOf({ closesAt: BEFORE, status: 'closed' }), 'closed')).toBe(
    false,
  );
});

test('the more are watching, the longer the asking is spread: at most 200 a second', () => {
  expect(spreadOver(null)).toBe(1000);
  expect(spreadOver(1000)).toBe(6000);
  expect(spreadOver(1_000_000)).toBe(60_000);
});
