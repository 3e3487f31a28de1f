/** What the parts of the form share: the draft, and what is wrong with it. */
import { useLingui } from '@lingui/react/macro';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { get, type Path, type UseFormReturn, useForm } from 'react-hook-form';
import type { FieldError } from '~/api/error';
import { now } from '~/lib/clock';
import { type Draft, EMPTY } from './draft';
import { faultsOfRefusal } from './input';
import { type Faults, faultsOf } from './rules';
import { faultSentence } from './sentences';
import { useUnpressed } from './useUnpressed';

export interface DraftForm {
  form: UseFormReturn<Draft>;
  draft: Draft;
  /** Of what the reader has been at, or of everything after they tried to create. */
  faults: Faults;
  /** The sentence of a field's fault. */
  faultAt: (field: Path<Draft>) => string | undefined;
  /** Shows all that is wrong from now on. Is anything? */
  checkAll: () => boolean;
  /** Shows what the server has refused, each until its field is changed. */
  refuse: (errors: readonly FieldError[]) => void;
  startOver: () => void;
}

const Context = createContext<DraftForm | null>(null);

export function useDraftForm(): DraftForm {
  const value = useContext(Context);
  if (value === null) throw new Error('no DraftFormProvider above');
  return value;
}

export function DraftFormProvider({
  value,
  children,
}: {
  value: DraftForm;
  children: ReactNode;
}) {
  return <Context value={value}>{children}</Context>;
}

interface Refusal {
  draft: Draft;
  faults: Faults;
}

/** What makes up a value: a tag is wrong as one of all, a time also where it is not typed. */
const PARTS: Readonly<Record<string, readonly (keyof Draft)[]>> = {
  tag: ['tags', 'tag'],
  opensAt: ['opens', 'opensAt'],
  closesAt: ['closes', 'closesAt', 'opens', 'opensAt'],
};

function valueAt(draft: Draft, field: string): string {
  return JSON.stringify((PARTS[field] ?? [field]).map((part) => get(draft, part)));
}

function pick(faults: Faults, isWanted: (field: string) => boolean): Faults {
  return Object.fromEntries(Object.entries(faults).filter(([field]) => isWanted(field)));
}

function stillRefused({ draft: refused, faults }: Refusal, draft: Draft): Faults {
  return pick(faults, (field) => valueAt(refused, field) === valueAt(draft, field));
}

/** @param base what is there already: times of it that have passed are no fault */
export function useNewDraftForm(kept: Draft | null, base: Draft | null = null): DraftForm {
  const { i18n } = useLingui();
  const form = useForm<Draft>({ defaultValues: kept ?? EMPTY });
  const { touchedFields: touched } = form.formState;
  const draft = form.watch();
  const [isChecked, setIsChecked] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const faultsNow = (value: Draft) => {
    const isOld = (field: string) =>
      base !== null && field in PARTS && valueAt(base, field) === valueAt(value, field);
    return pick(faultsOf(value, now()), (field) => !isOld(field));
  };
  const all = faultsNow(draft);
  const isTouched = (field: string) =>
    get(touched, field) === true || (field === 'opensAt' && touched.closesAt === true); // together they are wrong
  const reached = useUnpressed(Object.keys(all).filter(isTouched));
  const faults: Faults = {
    ...pick(all, (field) => isChecked || reached.includes(field)),
    ...(refusal && stillRefused(refusal, draft)),
  };

  return {
    form,
    draft,
    faults,
    faultAt: (field) => {
      const fault = faults[field];
      return fault === undefined ? undefined : faultSentence(i18n, fault);
    },
    checkAll: () => {
      setIsChecked(true);
      return Object.keys(faultsNow(form.getValues())).length > 0;
    },
    refuse: (errors) => {
      const draft = structuredClone(form.getValues());
      setRefusal({ draft, faults: faultsOfRefusal(errors, draft) });
    },
    startOver: () => {
      setIsChecked(false);
      setRefusal(null);
      form.reset(EMPTY);
    },
  };
}
