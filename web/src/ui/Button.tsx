import type { ButtonHTMLAttributes } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './Icon';

const KINDS = {
  primary: 'bg-accent text-on-accent hover:brightness-110',
  plain: 'bg-sunken text-ink hover:bg-line',
  quiet: 'text-quiet hover:bg-sunken hover:text-ink',
  danger: 'bg-sunken text-bad hover:bg-line',
} as const;

export type ButtonKind = keyof typeof KINDS;

/** How a button looks, also for a link that acts as one. */
export function buttonClass(kind: ButtonKind = 'plain', more = ''): string {
  return `inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 py-2 font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${KINDS[kind]} ${more}`;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  icon?: IconName;
}

export function Button({ kind, icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={buttonClass(kind, className)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A picture alone; its name is for those who cannot see it, and a hint for the others. */
export function IconButton({
  icon,
  label,
  kind = 'quiet',
  className = '',
  ...rest
}: ButtonProps & { icon: IconName; label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={buttonClass(kind, `min-w-11 px-2! ${className}`)}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}

interface ButtonLinkProps {
  href: string;
  kind?: ButtonKind;
  icon?: IconName;
  children: React.ReactNode;
}

export function ButtonLink({ href, kind, icon, children }: ButtonLinkProps) {
  return (
    <Link href={href} className={buttonClass(kind)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}
