/** A description, cut after some lines until the reader asks for the rest. */
import { useLayoutEffect, useRef, useState } from 'react';
import { Linked } from './Linked';

interface DescriptionProps {
  text: string;
  /** What cuts it: line-clamp-N. */
  clamp: string;
  className?: string;
  more: string;
  less: string;
}

export function Description(props: DescriptionProps) {
  const { text, clamp, className = '', more, less } = props;
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
        className={`whitespace-pre-line print:line-clamp-none ${className} ${isOpen ? '' : clamp}`}
      >
        <Linked text={text} />
      </p>
      {isCut && (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="min-h-11 font-medium print:hidden text-accent hover:underline"
        >
          {isOpen ? less : more}
        </button>
      )}
    </div>
  );
}
