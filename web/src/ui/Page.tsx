/** The frame of a screen that scrolls: its heading names the document and takes the focus. */
import { type ReactNode, useEffect, useRef } from 'react';
import { useTitle } from './useTitle';

export { Spinner } from './Spinner';
export { useTitle };

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
      className={`mx-auto flex w-full flex-col gap-5 px-4 pt-4 pb-16 outline-none ${wide ? 'max-w-5xl' : 'max-w-2xl'}`}
    >
      <h1
        ref={heading}
        dir="auto"
        tabIndex={-1}
        className="text-2xl font-bold outline-none"
      >
        {title}
      </h1>
      {children}
    </main>
  );
}
