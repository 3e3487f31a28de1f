/** The stage's own theme, dark unless it was switched, and sizes that grow with the screen. */
import { useLayoutEffect, useState } from 'react';
import { remember, remembered } from '~/lib/remember';
import { applyTheme } from '~/lib/theme';

const KEY = 'present.theme';

/** Everything that is measured in rem: from the size of a phone up to that of a wall. */
const SCALE = 'text-[clamp(1rem,2.2vmin,4rem)]';

export interface StageLook {
  toggleTheme: () => void;
}

/** Of the whole document, as long as the stage is there. */
export function useStageLook(): StageLook {
  const [isLight, setLight] = useState(() => remembered(KEY) === 'light');
  useLayoutEffect(() => {
    document.documentElement.classList.add(SCALE);
    return () => {
      document.documentElement.classList.remove(SCALE);
      applyTheme();
    };
  }, []);
  useLayoutEffect(() => applyTheme(isLight ? 'light' : 'dark'), [isLight]);
  const toggleTheme = () => {
    remember(KEY, isLight ? null : 'light');
    setLight(!isLight);
  };
  return { toggleTheme };
}
