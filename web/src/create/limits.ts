/** What the server takes: its own numbers, out of its document. */
import { PollInput, Tag } from 'virtual:schemas';

const { title, description, options, tags } = PollInput.properties;

export const MAX_TITLE = title.maxLength;
export const MAX_DESCRIPTION = description.maxLength;
export const MIN_OPTIONS = options.minItems;
export const MAX_OPTIONS = options.maxItems;
export const MAX_OPTION = options.items.maxLength;
export const MAX_TAGS = tags.maxItems;
export const TAG = new RegExp(Tag.pattern, 'u');
