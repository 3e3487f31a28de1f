/** How a chip looks: a link (aria-current) or a button (aria-pressed) that is on or off. */
export const chipClass =
  'inline-flex min-h-11 items-center rounded-full bg-sunken px-4 font-medium whitespace-nowrap text-ink hover:bg-line aria-[current]:bg-accent aria-[current]:text-on-accent aria-pressed:bg-accent aria-pressed:text-on-accent';
