/** The page's few pictures, drawn with the text's colour. Never the only sign of anything. */
const PATHS = {
  check: 'M4 12.5l5 5L20 6.5',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  left: 'M15 6l-6 6 6 6',
  right: 'M9 6l6 6-6 6',
  skip: 'M5 6l7 6-7 6V6zM19 6v12',
  share: 'M12 15V4M8 7.5L12 4l4 3.5M5 12v7h14v-7',
  link: 'M10 14a4 4 0 005.7 0l3-3a4 4 0 00-5.7-5.7l-1 1M14 10a4 4 0 00-5.7 0l-3 3A4 4 0 0011 18.7l1-1',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2',
  chart: 'M4 20h16M6 16l4-5 4 3 5-8',
  screen: 'M3 5h18v11H3zM9 20h6M12 16v4',
  search: 'M11 4a7 7 0 110 14 7 7 0 010-14zM16 16l4 4',
  user: 'M12 4a4 4 0 110 8 4 4 0 010-8zM4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6',
  trophy:
    'M8 4h8v6a4 4 0 01-8 0zM8 6H4.5c0 3 1.5 4.5 3.8 4.5M16 6h3.5c0 3-1.5 4.5-3.8 4.5M12 14v4M8.5 20h7',
  undo: 'M9 7L4.5 11.5 9 16M5 11.5h9a5 5 0 010 10h-2',
  eye: 'M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.800 6.5-9.5 6.5S5 16.5 2.5 12zM12 9.5a2.5 2.5 0 110 5 2.5 2.5 0 010-5z',
  clock: 'M12 4a8 8 0 110 16 8 8 0 010-16zM12 8v4.5l3 2',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5v13l11-6.5z',
  download: 'M12 4v11M8 11.5L12 15l4-3.5M5 19h14',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3',
  code: 'M8.5 7L4 12l4.5 5M15.5 7L20 12l-4.5 5',
  polls: 'M5.5 4h13v9h-13zM5.5 16.5h13M7.5 20h9',
  settings:
    'M4 7.5h9M18 7.5h2M15.5 5a2.5 2.5 0 110 5 2.5 2.5 0 010-5zM4 16.5h2M11 16.5h9M8.5 14a2.5 2.5 0 110 5 2.5 2.5 0 010-5z',
  contrast: 'M12 4a8 8 0 110 16 8 8 0 010-16zM12 4v16M15.5 6v12M18.5 9v6',
  info: 'M12 3a9 9 0 110 18 9 9 0 010-18zM12 11v5.5M12 7.5v.01',
  help: 'M12 3a9 9 0 110 18 9 9 0 010-18zM9.5 9.5a2.5 2.5 0 115 0c0 2-2.5 2-2.5 4M12 16.5v.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({
  name,
  className = 'size-5',
}: {
  name: IconName;
  className?: string;
}) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'grip' ? 3 : 2}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
