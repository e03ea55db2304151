"""demo: one story, told through the product's own services. 朝霧茶舗, a mail-order tea house in Shizuoka.

calendar   when things happen, in days before the day of telling
people     3,000 customers with their contacts, consents and suppressions
lives      why and when each of them leaves, and who comes back
purchases  what they buy over three years
casting    which of the written answers (texts/) fits which customer
files      customers and orders as the CSV files a shop system hands over
world      what all chapters share, and how they import
asking     campaigns, answers and review
chapters   the story in order
story      prepare, tell, example_link: called by the commands in cli

Names, addresses and words are invented; mail addresses end in .example, telephone numbers ring nowhere.
Everything but the written answers follows from the day and one seed. No answer carries a label: codings come from
reading, corrections of the demo's editor from what the customer has ticked.
"""
