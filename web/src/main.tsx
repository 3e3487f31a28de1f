import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { activateLocale } from './i18n/i18n';
import { applyTheme } from './lib/theme';
import { standTranslation } from './lib/translated';
import './styles.css';

standTranslation();
applyTheme();
await activateLocale();
const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
