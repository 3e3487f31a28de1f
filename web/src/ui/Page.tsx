/** The frame of a screen that scrolls: its heading names the document and takes the focus. */
import { type ReactNode, useEffect, useRef } from 'react';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Pollux' : `${title} · Pollux`;
  }, [title]);
}

interface PageProps {
  title: string;
  children: ReactNode;
  wide?: boolean;
}

export function Page({ title, children, wide = false }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <main
      id="main"
      tabIndex={-1}
      className={`mx-auto flex w-full flex-col gap-5 px-4 outline-none pt-4 pb-16 ${wide ? 'max-w-5xl' : 'max-w-2xl'}`}
    >
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-bold outline-none">
        {title}
      </h1>
      {children}
    </main>
  );
}

export function Spinner({ label }: { label: string }) {
  return (
    <p role="status" className="flex items-center justify-center gap-3 p-8 text-quiet">
      <span
        aria-hidden="true"
        className="size-5 animate-spin rounded-full border-2 border-line border-t-accent"
      />
      {label}
    </p>
  );
}
