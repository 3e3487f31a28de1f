/** Tags: chips, a field for the next one, and those that others use. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { tagsQuery } from '~/api/queries';
import { Field, inputClass } from '~/ui/Field';
import { Icon } from '~/ui/Icon';
import { useDraftForm } from './DraftForm';
import { focusField } from './focusField';
import { MAX_TAGS, TAG } from './limits';
import { endsTag, newTags } from './tags';

/** So many are offered. */
const OFFERED = 6;

const chipClass =
  'inline-flex min-h-11 items-center gap-2 rounded-xl bg-sunken px-3 text-ink hover:bg-line';

function useTags() {
  const { t } = useLingui();
  const { form, draft } = useDraftForm();
  const [said, say] = useState('');
  const set = (tags: string[]) => form.setValue('tags', tags, { shouldDirty: true });

  /** What is typed becomes tags, if it can; else it stays to be mended. */
  const commit = (text: string) => {
    const tags = form.getValues('tags');
    const added = newTags(tags, text);
    if (!added.every((tag) => TAG.test(tag)) || tags.length + added.length > MAX_TAGS)
      return;
    form.setValue('tag', '');
    if (added.length === 0) return;
    set([...tags, ...added]);
    say(t`Added: ${added.join(', ')}`);
  };

  const remove = (tag: string) => {
    set(form.getValues('tags').filter((other) => other !== tag));
    say(t`Removed: ${tag}`);
    focusField('tag');
  };

  return { tags: draft.tags, typed: draft.tag, said, commit, remove };
}

export function TagsField({ isWanted }: { isWanted: boolean }) {
  const { t } = useLingui();
  const { form, faultAt } = useDraftForm();
  const { tags, typed, said, commit, remove } = useTags();
  const field = form.register('tag', {
    onChange: ({ target }) => endsTag(target.value) && commit(target.value),
    onBlur: ({ target }) => commit(target.value),
  });

  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    const last = tags.at(-1);
    if (event.key === 'Enter') {
      event.preventDefault();
      commit(event.currentTarget.value);
    } else if (event.key === 'Backspace' && typed === '' && last !== undefined)
      remove(last);
  };

  return (
    <div className="flex flex-col gap-2">
      <Field
        label={t`Tags`}
        hint={<Trans>So that others find it. Comma, space or Enter adds one.</Trans>}
        error={faultAt('tag')}
      >
        {(control) => (
          <input
            {...control}
            {...field}
            onKeyDown={onKey}
            autoCapitalize="none"
            autoComplete="off"
            enterKeyHint="done"
            className={inputClass}
          />
        )}
      </Field>
      <Chips tags={tags} onRemove={remove} />
      <Offers isWanted={isWanted} onChoose={commit} />
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

function Chips({ tags, onRemove }: { tags: string[]; onRemove: (tag: string) => void }) {
  const { t } = useLingui();
  if (tags.length === 0) return null;
  return (
    <ul aria-label={t`Chosen tags`} className="flex flex-wrap gap-2">
      {tags.map((tag) => (
        <li key={tag}>
          <button
            type="button"
            aria-label={t`Remove tag ${tag}`}
            onClick={() => onRemove(tag)}
            className={`${chipClass} font-medium`}
          >
            {tag}
            <Icon name="close" className="size-4" />
          </button>
        </li>
      ))}
    </ul>
  );
}

interface OffersProps {
  isWanted: boolean;
  onChoose: (tag: string) => void;
}

/** Those that many polls have, and that begin as what is typed. */
function Offers({ isWanted, onChoose }: OffersProps) {
  const { t } = useLingui();
  const { draft } = useDraftForm();
  const { data = [] } = useQuery({ ...tagsQuery, enabled: isWanted });
  const begun = draft.tag.trim().toLowerCase();
  const offers = data
    .map(({ tag }) => tag)
    .filter((tag) => tag.startsWith(begun) && !draft.tags.includes(tag))
    .slice(0, OFFERED);
  if (offers.length === 0 || draft.tags.length >= MAX_TAGS) return null;
  return (
    <ul aria-label={t`Suggested tags`} className="flex flex-wrap gap-2">
      {offers.map((tag) => (
        <li key={tag}>
          <button
            type="button"
            aria-label={t`Add tag ${tag}`}
            onPointerDown={(event) => event.preventDefault()} // what is typed is only begun
            onClick={() => onChoose(tag)}
            className={`${chipClass} bg-transparent text-quiet`}
          >
            <Icon name="plus" className="size-4" />
            {tag}
          </button>
        </li>
      ))}
    </ul>
  );
}
