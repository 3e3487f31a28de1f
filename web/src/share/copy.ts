/** Puts text on the clipboard, also where the page did not come over a secure connection. */

/** @returns whether it is there now; if not, the field's text is selected, ready for a key. */
export async function copyFrom(field: HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return copySelected(field);
  }
}

/** Old, and all that there is without a secure context. */
function copySelected(field: HTMLTextAreaElement): boolean {
  field.focus();
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  }
}
