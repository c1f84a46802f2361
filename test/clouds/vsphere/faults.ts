import type { Answer } from '../cloud.ts';

const NAMES =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** A fault as a vCenter words it; the text is another one on purpose, since nothing may match on it. */
export function faultAnswer(type: string, detail = ''): Answer {
  const inside = `<${type}Fault xmlns="urn:vim25" xsi:type="${type}">${detail}</${type}Fault>`;
  return { status: 500, headers: XML, body: envelope(faultText(inside)) };
}

/** What the property collector tells of a task that has failed. */
export function failedTask(id: string, type: string): Answer {
  const error = `<fault xsi:type="${type}"></fault><localizedMessage>Es geht nicht.</localizedMessage>`;
  const properties = [
    `<propSet><name>info.state</name><val xsi:type="TaskInfoState">error</val></propSet>`,
    `<propSet><name>info.error</name><val xsi:type="LocalizedMethodFault">${error}</val></propSet>`,
  ];
  const object = `<objects><obj type="Task">${id}</obj>${properties.join('')}</objects>`;
  const answer = `<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>${object}</returnval></RetrievePropertiesExResponse>`;
  return { status: 200, headers: XML, body: envelope(answer) };
}

const XML = { 'content-type': 'text/xml; charset=utf-8' };

function faultText(inside: string): string {
  return `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Es geht nicht.</faultstring><detail>${inside}</detail></soapenv:Fault>`;
}

function envelope(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ${NAMES}><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}
