/** Text to be taken elsewhere: with a button that copies it, and selectable without. */
import { Trans } from '@lingui/react/macro';
import { useRef, useState } from 'react';
import { Button } from '~/ui/Button';
import { Field, inputClass } from '~/ui/Field';
import { copyFrom } from './copy';

interface CopyFieldProps {
  label: string;
  text: string;
  /** By default one, and more where that is not enough. */
  rows?: number;
}

export function CopyField({ label, text, rows = 1 }: CopyFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => {
    if (field.current !== null) setCopied(await copyFrom(field.current));
  };
  const isLine = rows === 1;
  return (
    <Field label={label}>
      {(control) => (
        <div className="flex flex-wrap items-center gap-2">
          <textarea
            {...control}
            ref={field}
            readOnly
            value={text}
            rows={rows}
            spellCheck={false}
            onFocus={(event) => event.currentTarget.select()}
            className={`${inputClass} resize-none ${isLine ? 'field-sizing-content w-auto min-w-0 flex-1 basis-80' : 'font-mono text-sm'}`}
          />
          <Button icon={copied ? 'check' : 'link'} onClick={() => void copy()}>
            <Trans>Copy</Trans>
          </Button>
          <span
            role="status"
            className={`basis-full text-sm empty:hidden ${copied ? 'text-good' : 'text-warn'}`}
          >
            <Outcome copied={copied} />
          </span>
        </div>
      )}
    </Field>
  );
}

function Outcome({ copied }: { copied: boolean | null }) {
  if (copied === null) return null;
  return copied ? (
    <Trans>Copied.</Trans>
  ) : (
    <Trans>Your browser does not let us copy. It is selected: copy it yourself.</Trans>
  );
}
