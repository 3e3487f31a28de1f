import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { copyFrom } from './copy';
import { embedHeight, embedSnippet, SANDBOX } from './links';
import { qrFile, qrOutline } from './qr';
import { ShareDialog } from './ShareDialog';

const OPTIONS = [
  { index: 0, text: 'Tea' },
  { index: 1, text: 'Coffee' },
];
const POLL = { id: 5, title: 'Tea & "coffee"<?', options: OPTIONS };
const LINK = `${location.origin}/p/5`;

function show() {
  const onClose = vi.fn();
  const user = userEvent.setup({ writeToClipboard: true });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={new QueryClient()}>
        <ShareDialog poll={POLL} onClose={onClose} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return { user, onClose };
}
const copyButton = () => screen.getByRole('button', { name: 'Copy' });
const field = (name: string) => screen.getByRole<HTMLTextAreaElement>('textbox', { name });

afterEach(() => {
  Reflect.deleteProperty(navigator, 'share');
  Reflect.deleteProperty(document, 'execCommand');
});

test('the link is there to be copied', async () => {
  const { user } = show();
  expect(field('Link').value).toBe(LINK);
  expect(field('Link').readOnly).toBe(true);
  await user.click(copyButton());
  expect(await screen.findByText('Copied.')).toBeDefined();
  expect(await navigator.clipboard.readText()).toBe(LINK);
  expect(document.activeElement).toBe(copyButton());
});

test('without a secure connection it is copied the old way', async () => {
  const { user } = show();
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('insecure'));
  const execCommand = vi.fn(() => true);
  Object.assign(document, { execCommand });
  await user.click(copyButton());
  expect(await screen.findByText('Copied.')).toBeDefined();
  expect(execCommand).toHaveBeenCalledWith('copy');
  const { selectionStart, selectionEnd } = field('Link');
  expect([selectionStart, selectionEnd]).toEqual([0, LINK.length]);
});

test.each([() => false, undefined])(
  'and where nothing helps, it is selected',
  async (old) => {
    const { user } = show();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('insecure'));
    if (old) Object.assign(document, { execCommand: old });
    await user.click(copyButton());
    expect(await screen.findByText(/copy it yourself/)).toBeDefined();
    expect(document.activeElement).toBe(field('Link'));
  },
);

test('a field that has the focus already is selected too', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('insecure'));
  const area = document.createElement('textarea');
  area.value = LINK;
  document.body.append(area);
  area.focus();
  area.setSelectionRange(0, 0);
  expect(await copyFrom(area)).toBe(false);
  expect(area.selectionEnd).toBe(LINK.length);
  area.remove();
});

test('the system shares it, where it can', async () => {
  const shared: unknown[] = [];
  const share = (what: unknown) => {
    shared.push(what);
    return Promise.reject(new DOMException('thought better of it', 'AbortError'));
  };
  Object.assign(navigator, { share });
  const { user } = show();
  await user.click(screen.getByRole('button', { name: 'Share with…' }));
  expect(shared).toEqual([{ title: POLL.title, url: LINK }]);
});

test('where it cannot, that is not offered', () => {
  show();
  expect(screen.queryByRole('button', { name: 'Share with…' })).toBeNull();
  const projector = screen.getByRole('link', { name: 'Show on a projector' });
  expect(projector.getAttribute('href')).toBe('/present/5');
});

test('the code can be taken along', async () => {
  const { user } = show();
  const blobs: Blob[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob);
    return 'blob:code';
  });
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push(`${this.download} ${this.href}`);
  });
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Download as SVG' });
  await waitFor(() => expect(button.disabled).toBe(false));
  await user.click(button);
  await waitFor(() => expect(saved).toEqual(['poll-5.svg blob:code']));
  expect(await blobs[0]?.text()).toBe(qrFile(qrOutline(LINK)));
  expect(blobs[0]?.type).toBe('image/svg+xml');
});

test('the file of a code is a drawing of its own', () => {
  const { size, path } = qrOutline(LINK);
  const svg = new DOMParser().parseFromString(qrFile({ size, path }), 'image/svg+xml');
  expect(svg.documentElement.getAttribute('viewBox')).toBe(`0 0 ${size} ${size}`);
  expect(svg.querySelector('path')?.getAttribute('d')).toBe(path);
});

test('a frame for another page comes with a preview, once it is asked for', async () => {
  const { user } = show();
  expect(screen.queryByTitle('Preview of the embedded poll')).toBeNull();
  await user.click(screen.getByText('Embed it in your own page'));
  const preview = await screen.findByTitle('Preview of the embedded poll');
  expect(preview.getAttribute('src')).toBe(`${location.origin}/embed/5`);

  const source = document.createElement('div');
  source.innerHTML = field('HTML to paste').value;
  const frame = source.querySelector('iframe');
  expect(source.children).toHaveLength(1);
  expect(frame?.getAttribute('src')).toBe(`${location.origin}/embed/5`);
  expect(frame?.getAttribute('title')).toBe(POLL.title);
  expect(frame?.getAttribute('loading')).toBe('lazy');
  expect(frame?.getAttribute('sandbox')).toBe(SANDBOX);
  expect(frame?.getAttribute('height')).toBe(preview.getAttribute('height'));
});

test('a title cannot leave its attribute', () => {
  const snippet = embedSnippet({ ...POLL, title: '"><script>alert(1)</script>' });
  expect(snippet).toContain('title="&quot;>&lt;script>alert(1)&lt;/script>"');
});

test('a frame has room for its options, within reason', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ index, text: `${index}` }));
  expect(embedHeight({ options: OPTIONS })).toBe(380);
  expect(embedHeight({ options: many })).toBe(800);
});
