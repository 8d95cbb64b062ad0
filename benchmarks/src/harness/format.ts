export const rate = (nsEach: number): string => `${(1_000 / nsEach).toFixed(2)} M/s`
export const ns = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ns`
export const bytes = (value: number): string => `${value.toFixed(0)} bytes`
export const times = (value: number): string => `${value.toFixed(2)} ×`
export const count = (value: number): string => value.toLocaleString('en')
