/** An element, read or to be written; its children stand in the order of the vendor's schema. */
export interface Xml {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Xml[];
}

/** A managed object: "VirtualMachine" and "vm-42". */
export interface Ref {
  readonly type: string;
  readonly id: string;
}

type Content = string | number | boolean | readonly (Xml | undefined)[];

/** An element; of a list of children those that are undefined are left away. */
export function xml(name: string, content: Content = [], attributes: Xml['attributes'] = {}): Xml {
  if (typeof content !== 'object') return { name, attributes, text: String(content), children: [] };
  return { name, attributes, text: '', children: content.filter((child) => child !== undefined) };
}

/** The same, of a type that the schema leaves open. */
export function typed(name: string, type: string, content: Content): Xml {
  return xml(name, content, { 'xsi:type': type });
}

export function refXml(name: string, { type, id }: Ref): Xml {
  return xml(name, id, { type });
}

/** What there is of a value, as an element; undefined where there is none. */
export function optional<T>(value: T | undefined, write: (value: T) => Xml): Xml | undefined {
  return value === undefined ? undefined : write(value);
}

export function refOf({ attributes, text }: Xml): Ref {
  return { type: attributes.type ?? '', id: text };
}

/** The type that an element says to have. */
export function typeOf({ attributes }: Xml): string {
  return attributes['xsi:type'] ?? '';
}

/** The first element at this path: "info", "deviceUrl". */
export function at(element: Xml | undefined, ...path: readonly string[]): Xml | undefined {
  return path.reduce((found, name) => found?.children.find((child) => child.name === name), element);
}

/** The text there; empty where there is none. */
export function textAt(element: Xml | undefined, ...path: readonly string[]): string {
  return at(element, ...path)?.text ?? '';
}

export function all(element: Xml | undefined, name: string): readonly Xml[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The element with another child in place of the one of its name; it must have one. */
export function withChild(element: Xml, child: Xml): Xml {
  return { ...element, children: element.children.map((each) => (each.name === child.name ? child : each)) };
}

export function written({ name, attributes, text, children }: Xml): string {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${words.join('')}>${escaped(text)}${children.map(written).join('')}</${name}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

/** @throws Error for what is no whole document */
export async function readXml(document: string): Promise<Xml> {
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  const validity = XMLValidator.validate(document);
  if (validity !== true) throw new Error(`The answer is no XML: ${validity.err.msg}`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    htmlEntities: true, // these are also those with numbers
    // The library's own limits are for documents of strangers.
    processEntities: {
      enabled: true,
      maxTotalExpansions: Number.MAX_SAFE_INTEGER,
      maxExpandedLength: Number.MAX_SAFE_INTEGER,
    },
  });
  const root = (parser.parse(document) as Parsed[]).map(elementOf).find((element) => element !== undefined);
  if (root) return root;
  throw new Error('The answer is an empty document');
}

/** As the library gives it: the one key that is no attributes is the name. */
type Parsed = Readonly<Record<string, readonly Parsed[] | string>> & {
  readonly ':@'?: Readonly<Record<string, string>>;
};

function elementOf(parsed: Parsed): Xml | undefined {
  const name = Object.keys(parsed).find((key) => key !== ':@' && key !== '#text');
  if (name === undefined) return undefined;
  const inside = parsed[name] as readonly Parsed[];
  const children = inside.map(elementOf).filter((child) => child !== undefined);
  const text = children.length > 0 ? '' : inside.map((each) => String(each['#text'] ?? '')).join('');
  return { name: local(name), attributes: attributesOf(parsed[':@'] ?? {}), text, children };
}

/** Prefixes are the server's; the one that says a type is ours again when it is written. */
function attributesOf(attributes: Readonly<Record<string, string>>): Xml['attributes'] {
  const kept = Object.entries(attributes).filter(([name]) => !name.startsWith('xmlns'));
  return Object.fromEntries(kept.map(([name, value]) => [/:type$/.test(name) ? 'xsi:type' : name, value]));
}

function local(name: string): string {
  return name.replace(/^[\w.-]+:/, '');
}
