/**
 * Starts the widget, /embed/{id}: the same components as the page's, in a build of their own
 * (vite.config.ts) on Preact, which is a sixth of React's size.
 */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Route, Switch } from 'wouter';
import { ErrorBoundary } from './app/ErrorBoundary';
import { EmbedPage } from './embed/EmbedPage';
import { activateLocale, openCatalogue } from './i18n/i18n';
import { applyTheme } from './lib/theme';
import { standTranslation } from './lib/translated';
import { createServices, ServicesProvider } from './services';
import './styles.css';

standTranslation();
applyTheme();
await Promise.all([activateLocale(), openCatalogue('embed')]);

function Root() {
  const [services] = useState(createServices);
  return (
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <ErrorBoundary>
          <Switch>
            <Route path="/embed/:id" component={EmbedPage} />
          </Switch>
        </ErrorBoundary>
      </ServicesProvider>
    </I18nProvider>
  );
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Root />);
