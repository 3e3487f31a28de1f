/** Reads server-sent events from the pieces in which they arrive. */
export interface ServerEvent {
  id: string;
  data: string;
}

export interface EventHandlers {
  event(event: ServerEvent): void;
  /** When to come back after the end, as the server wants it. */
  retry(ms: number): void;
}

export class EventReader {
  private rest = '';
  private id = '';
  private data: string[] = [];

  constructor(private readonly handlers: EventHandlers) {}

  push(piece: string): void {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/); // \r at the end: \n may follow
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.take(line);
  }

  private take(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.handlers.retry(Number(value));
  }

  private dispatch(): void {
    if (this.data.length > 0)
      this.handlers.event({ id: this.id, data: this.data.join('\n') });
    this.data = [];
  }
}
