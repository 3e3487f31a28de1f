/** What is really on the screen: an element as it was drawn, to be read by its pixels. */
import type { JSHandle, Locator } from '@playwright/test';

/** Lives in the element's page; use its evaluate(). */
export async function drawn(element: Locator): Promise<JSHandle<CanvasRenderingContext2D>> {
  const picture = (await element.screenshot()).toString('base64');
  return element.page().evaluateHandle(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.drawImage(image, 0, 0);
    return context;
  }, picture);
}
