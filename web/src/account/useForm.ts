/**
 * A small form: what is in its fields, what is wrong with them once they have been touched,
 * what the server said, and whether it is on its way.
 */
import { useLingui } from '@lingui/react/macro';
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { type RefusalHints, refusalOf } from './refusal';
import type { Rule } from './rules';

export interface FieldState {
  name: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  onBlur: () => void;
}

export interface FormOptions<N extends string> extends Omit<RefusalHints, 'names'> {
  rules: Record<N, Rule>;
  initial?: Partial<Record<N, string>>;
  /** Sends what passed the rules; what it throws is shown. */
  send: (values: Record<N, string>) => Promise<void>;
}

export interface Form<N extends string> {
  ref: RefObject<HTMLFormElement | null>;
  field: (name: N) => FieldState;
  notice: string | null;
  isBusy: boolean;
  onSubmit: (event: FormEvent) => void;
}

type Words<N extends string> = Partial<Record<N, string | undefined>>;

export function useForm<N extends string>(options: FormOptions<N>): Form<N> {
  const { i18n } = useLingui();
  const names = Object.keys(options.rules) as N[];
  const [values, setValues] = useState(() => blank(names, options.initial));
  const [touched, setTouched] = useState<readonly N[]>([]);
  const [refused, setRefused] = useState<Words<N>>({});
  const [notice, setNotice] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [focus, ref] = useFocusOnFault();

  const field = (name: N): FieldState => {
    const fault = touched.includes(name) ? options.rules[name](values[name]) : null;
    return {
      name,
      value: values[name],
      error: fault === null ? refused[name] : i18n._(fault),
      onChange: (value) => {
        setValues((all) => ({ ...all, [name]: value }));
        setRefused((all) => ({ ...all, [name]: undefined }));
      },
      onBlur: () => values[name] !== '' && setTouched((all) => [...new Set(all).add(name)]),
    };
  };

  const send = async () => {
    setBusy(true);
    setNotice(null);
    try {
      await options.send(values);
    } catch (error) {
      const refusal = refusalOf(i18n, error, { ...options, names });
      setRefused(refusal.fields as Words<N>);
      setNotice(refusal.notice);
      focus();
    } finally {
      setBusy(false);
    }
  };

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setTouched(names);
    if (names.some((name) => options.rules[name](values[name]) !== null)) focus();
    else void send();
  };

  return { ref, field, notice, isBusy, onSubmit };
}

function blank<N extends string>(names: N[], initial: Words<N> = {}): Record<N, string> {
  const pairs = names.map((name) => [name, initial[name] ?? '']);
  return Object.fromEntries(pairs) as Record<N, string>;
}

/** After the next drawing, the focus goes to the first field that has to be looked at. */
function useFocusOnFault() {
  const ref = useRef<HTMLFormElement>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (attempt === 0) return;
    ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempt]);
  return [() => setAttempt((n) => n + 1), ref] as const;
}
