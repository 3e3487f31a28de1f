/** A description, cut after three lines until the reader asks for the rest. */
import { Trans } from '@lingui/react/macro';
import { useLayoutEffect, useRef, useState } from 'react';

export function Description({ text }: { text: string }) {
  const ref = useRef<HTMLParagraphElement>(null);
  const [isCut, setCut] = useState(false);
  const [isOpen, setOpen] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is measured anew
  useLayoutEffect(() => {
    const paragraph = ref.current;
    if (paragraph) setCut(paragraph.scrollHeight > paragraph.clientHeight + 1);
  }, [text]);

  return (
    <div>
      <p
        ref={ref}
        dir="auto"
        className={`whitespace-pre-line text-quiet ${isOpen ? '' : 'line-clamp-3'}`}
      >
        {text}
      </p>
      {isCut && (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="min-h-11 font-medium text-accent hover:underline"
        >
          {isOpen ? <Trans>Show less</Trans> : <Trans>Show more</Trans>}
        </button>
      )}
    </div>
  );
}
