/** Who serves, as spans, bills and messages name it: Parley's name of the provider, its model, and the service behind it. */
export type Identity = { readonly label: string; readonly model?: string; readonly provider?: string };
