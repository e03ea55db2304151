"""demo: one story, told through the product's own services. 朝霧茶舗, a mail-order tea house in Shizuoka.

calendar   when things happen, in days before `today`
people     3,000 customers with their contacts, consents and suppressions
lives      why and when each of them leaves, and who comes back
purchases  what they buy over three years
casting    which of the written answers (texts/) fits which customer
story      the story itself, step by step

Names, addresses and words are invented; mail addresses end in .example, telephone numbers ring nowhere.
Everything but the written answers follows from `today` and one seed.
"""
