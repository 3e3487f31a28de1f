import type { Page } from '@playwright/test';

/** What a browser's translator does: each text goes into an element, again and again. */
export function translate(page: Page): Promise<void> {
  return page.evaluate(() => {
    const isKept = (node: Node) =>
      (node.parentElement as Element).closest('[translate=no], font, script, style') !==
      null;
    const wrap = () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Node[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode);
      for (const text of texts) {
        if (isKept(text)) continue;
        const font = document.createElement('font');
        (text as Text).replaceWith(font);
        font.append(text);
      }
    };
    wrap();
    new MutationObserver(wrap).observe(document.body, { childList: true, subtree: true });
  });
}
