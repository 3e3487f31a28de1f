// The errors that a client can see, and the check that each is a proper problem document.
import assert from 'node:assert/strict';

/** code → HTTP status, as the contract has it. */
export const CODES = {
  bad_request: 400,
  invalid_json: 400,
  unauthorized: 401,
  forbidden: 403,
  foreign_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  already_voted: 409,
  already_skipped: 409,
  conflict: 409,
  poll_closed: 410,
  too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  expectation_failed: 417,
  misdirected: 421,
  invalid: 422,
  unknown_option: 422,
  poll_not_open: 425,
  upgrade_required: 426,
  rate_limited: 429,
  daily_limit: 429,
  headers_too_large: 431,
  internal: 500,
  not_implemented: 501,
  overloaded: 503,
  unavailable: 503,
  http_version: 505,
};

/** What can be wrong with a field: `code` of an entry of `errors`. */
export const FAULTS = [
  'required',
  'wrong_type',
  'too_short',
  'too_long',
  'too_few',
  'too_many',
  'bad_characters',
  'invisible',
  'mixed_scripts',
  'bad_format',
  'unknown',
  'duplicate',
  'in_the_past',
  'out_of_order',
  'out_of_range',
  'taken',
];

const WANT_RETRY_AFTER = [425, 429, 503];

/**
 * Is this answer, whatever it is about, a problem document as RFC 9457 and the contract
 * want it?
 * @param {{status: number, headers: Record<string, string>, text: string}} answer
 * @returns {object} the document
 */
export function check_problem({ status, headers, text }) {
  const where = `${status}: ${text}`;
  assert.match(headers['content-type'] ?? '', /^application\/problem\+json(;|$)/, where);
  const doc = JSON.parse(text);
  for (const field of ['type', 'title', 'detail', 'code']) {
    assert.equal(typeof doc[field], 'string', `${field} in ${where}`);
    assert.ok(doc[field].length > 0, `${field} is empty in ${where}`);
  }
  assert.equal(doc.status, status, where);
  assert.equal(CODES[doc.code], status, `code and status in ${where}`);
  assert.notEqual(doc.code, 'internal', where);
  if (doc.code === 'invalid' || doc.errors !== undefined) check_fields(doc, where);
  if (status === 401) assert.ok(headers['www-authenticate'], `WWW-Authenticate: ${where}`);
  if (status === 405) assert.match(headers.allow ?? '', /^[A-Z]+(, ?[A-Z]+)*$/, where);
  if (WANT_RETRY_AFTER.includes(status)) {
    assert.match(headers['retry-after'] ?? '', /^[1-9][0-9]*$/, `Retry-After: ${where}`);
  }
  return doc;
}

function check_fields(doc, where) {
  assert.ok(Array.isArray(doc.errors) && doc.errors.length > 0, `errors in ${where}`);
  for (const error of doc.errors) {
    assert.deepEqual(Object.keys(error).sort(), ['code', 'field', 'message'], where);
    assert.equal(typeof error.field, 'string', where);
    assert.ok(FAULTS.includes(error.code), where);
    assert.ok(typeof error.message === 'string' && error.message.length > 0, where);
  }
}
