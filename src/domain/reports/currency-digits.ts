/**
 * Digits behind the point of the currencies that do not have two ({ JPY: 0, KWD: 3, … }), as JSON for a statement, which
 * rounds money by them. What is not in it has two, an unknown currency too.
 */
export const currencyDigits: string = JSON.stringify(
  Object.fromEntries(
    Intl.supportedValuesOf('currency').flatMap((currency) => {
      const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
        style: 'currency',
        currency,
      }).resolvedOptions()
      return maximumFractionDigits === 2 ? [] : [[currency, maximumFractionDigits]]
    }),
  ),
)
