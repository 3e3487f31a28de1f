/**
 * Lingui's Trans puts a value's text into the sentence and looks for elements afterwards: a
 * user named "name<x></x>" would lose half of it. A value that is no string stays apart.
 */
import { Trans as Sentence, type TransProps } from '@lingui/react';

export function Trans({ values = {}, ...sentence }: TransProps) {
  const apart = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? [value] : value,
  ]);
  return <Sentence {...sentence} values={Object.fromEntries(apart)} />;
}
