//! Orders v0, which ends on 2027-03-27: its documents are put into the form of 2026-01-01 and read as those are.
//!
//! `OrderItems` of the second call have to be joined to the order; without them it is a statement about everything else.

mod given;

use crossdock_connector::wire::Scalar;
use crossdock_connector::{Error, Issue, IssueKind, Normalized, Result};
use crossdock_schemas::Dec;

use self::given::{Classification, Item, Order, Page};
use super::{Reading, object, order, required};
use crate::wire as theirs;
use crate::wire::{Address, Money};

/// Reads the payload of getOrders, of getOrder, or of getOrder with the items of getOrderItems.
///
/// # Errors
/// `Malformed` with the path, when nothing of it can be read.
pub(super) fn read(reading: &mut Reading<'_>, body: &[u8], path: &str) -> Result<Normalized> {
    let page: Page<'_> = object(body, path)?;
    let Some(orders) = page.orders else { return one(reading, body, path) };
    let mut found = Normalized::default();
    let mut first: Option<Error> = None;
    for (at, raw) in orders.iter().enumerate() {
        let path = format!("{path}.Orders[{at}]");
        match one(reading, raw.get().as_bytes(), &path) {
            Ok(mut more) => {
                found.observations.append(&mut more.observations);
                found.ignored = found.ignored.or(more.ignored);
            }
            Err(error) => {
                found.issues.push(Issue::new(IssueKind::Malformed, path, error.message()));
                first.get_or_insert(error);
            }
        }
    }
    match (found.observations.is_empty(), first) {
        (true, Some(error)) => Err(error),
        (true, None) if found.ignored.is_none() => Ok(Normalized::ignored("no_orders")),
        (true, None) => Ok(found),
        (false, _) => Ok(Normalized { ignored: None, ..found }),
    }
}

fn one(reading: &mut Reading<'_>, body: &[u8], path: &str) -> Result<Normalized> {
    let given: Order<'_> = object(body, path)?;
    required(&given.amazon_order_id, &format!("{path}.AmazonOrderId"))?;
    if given.last_update_date.text().is_none() {
        let what = "items by themselves do not say when the order changed, expected them inside of the order";
        return Err(Error::malformed(what).at(format!("{path}.LastUpdateDate")));
    }
    if given.next_token.text().is_some() {
        return Err(Error::malformed("the items go on on another page").at(format!("{path}.NextToken")));
    }
    let mut order = converted(&given)?;
    totals(&mut order)?;
    order::told(reading, &order, path)
}

fn is(value: &Scalar<'_>) -> bool {
    value.text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn word(text: &str) -> Scalar<'static> {
    Scalar::from(text.to_owned())
}

fn converted<'a>(given: &Order<'a>) -> Result<theirs::Order<'a>> {
    let preorder = given.order_type.text() == Some("Preorder");
    let easy_ship = given.easy_ship_shipment_status.text().is_some();
    let of_kind = [(preorder, "PREORDER"), (easy_ship, "AMAZON_EASY_SHIP")];
    let programs = [
        (&given.is_business_order, "AMAZON_BUSINESS"),
        (&given.is_prime, "PRIME"),
        (&given.is_premium_order, "PREMIUM"),
        (&given.is_ispu, "IN_STORE_PICK_UP"),
        // Sold on by Amazon: the buyer in the order is Amazon itself.
        (&given.is_iba, "INVOICE_BY_AMAZON"),
        (&given.is_sold_by_ab, "SOLD_BY_AMAZON_BUSINESS"),
    ];
    let replaced = is(&given.is_replacement_order) && given.replaced_order_id.text().is_some();
    let by = given.fulfillment_channel.text().map(|channel| match channel {
        "MFN" => word("MERCHANT"),
        "AFN" => word("AMAZON"),
        other => word(other),
    });
    let range = |from: &Scalar<'a>, to: &Scalar<'a>| {
        Some(theirs::Range { earliest_date_time: from.clone(), latest_date_time: to.clone() })
    };
    let mut executions: Vec<_> = given
        .payment_execution_detail
        .iter()
        .map(|one| theirs::Execution {
            payment_method: one.payment_method.clone(),
            payment_amount: one.payment.clone(),
            authorization_code: one.authorization_code.clone(),
        })
        .collect();
    // Only what is paid at the door or by invoice is told apart here.
    if executions.is_empty() && given.payment_method.text() == Some("COD") {
        executions.push(theirs::Execution {
            payment_method: word("COD"),
            payment_amount: given.order_total.clone(),
            ..theirs::Execution::default()
        });
    }
    Ok(theirs::Order {
        order_id: given.amazon_order_id.clone(),
        order_aliases: vec![theirs::Alias {
            alias_id: given.seller_order_id.clone(),
            alias_type: word("SELLER_ORDER_ID"),
        }],
        created_time: given.purchase_date.clone(),
        last_updated_time: given.last_update_date.clone(),
        programs: programs
            .into_iter()
            .map(|(flag, name)| (is(flag), name))
            .chain(of_kind)
            .filter(|(is, _)| *is)
            .map(|(_, name)| word(name))
            .collect(),
        associated_orders: replaced
            .then(|| theirs::Associated {
                order_id: given.replaced_order_id.clone(),
                association_type: word("REPLACEMENT_ORIGINAL_ID"),
            })
            .into_iter()
            .collect(),
        sales_channel: Some(theirs::SalesChannel {
            marketplace_id: given.marketplace_id.clone(),
            marketplace_name: given.sales_channel.clone(),
            channel_name: channel(&given.sales_channel),
        }),
        buyer: given.buyer_info.as_ref().map(|buyer| theirs::Buyer {
            buyer_name: buyer.buyer_name.clone(),
            buyer_email: buyer.buyer_email.clone(),
            buyer_purchase_order_number: buyer.purchase_order_number.clone(),
            buyer_company_name: buyer
                .buyer_tax_info
                .as_ref()
                .map(|tax| tax.company_legal_name.clone())
                .unwrap_or_default(),
        }),
        tax: Some(tax(given)),
        recipient: given.shipping_address.as_ref().map(|to| theirs::Recipient {
            delivery_address: Some(address(to, is(&given.is_access_point_order))),
            ..theirs::Recipient::default()
        }),
        proceeds: given.order_total.as_ref().map(|total| theirs::Proceeds {
            grand_total: Some(total.clone()),
            ..theirs::Proceeds::default()
        }),
        payment: Some(theirs::Payment { payment_executions: executions }),
        fulfillment: Some(theirs::Fulfillment {
            fulfillment_status: given.order_status.clone(),
            fulfilled_by: by.unwrap_or_default(),
            fulfillment_service_level: given.ship_service_level.clone(),
            ship_by_window: range(&given.earliest_ship_date, &given.latest_ship_date),
            deliver_by_window: range(&given.earliest_delivery_date, &given.latest_delivery_date),
        }),
        order_items: given.order_items.iter().map(item).collect::<Result<_>>()?,
        packages: easy_ship_package(&given.easy_ship_shipment_status),
    })
}

/// The one package of Easy Ship. It has no number here, so it is no parcel; that it arrived is told of the order.
fn easy_ship_package<'a>(status: &Scalar<'a>) -> Vec<theirs::Package<'a>> {
    let told = |text: &str| match text {
        "Delivered" => word("DELIVERED"),
        other => word(other),
    };
    let status = status.text().map(|text| theirs::PackageStatus { status: told(text), ..Default::default() });
    let package = |status| theirs::Package { package_status: Some(status), ..theirs::Package::default() };
    status.map(package).into_iter().collect()
}

/// What was sold elsewhere and is only shipped by Amazon.
fn channel<'a>(name: &Scalar<'a>) -> Scalar<'a> {
    let elsewhere = name.text().is_some_and(|name| name.starts_with("Non-Amazon"));
    if elsewhere { word("NON_AMAZON") } else { Scalar::default() }
}

/// Numbers of the buyer, and how far the invoice is.
fn tax<'a>(given: &Order<'a>) -> theirs::OrderTax<'a> {
    let info = given.buyer_info.as_ref().and_then(|buyer| buyer.buyer_tax_info.as_ref());
    let registration = |one: &Classification<'a>| theirs::Registration {
        entity_type: word("BUYER"),
        tax_registration_type: match one.name.text() {
            Some("VATNumber") => word("VAT"),
            _ => one.name.clone(),
        },
        tax_registration_number: one.value.clone(),
    };
    theirs::OrderTax {
        tax_registrations: info.iter().flat_map(|info| &info.tax_classifications).map(registration).collect(),
        tax_invoicing: Some(theirs::Invoicing {
            buyer_invoice_preference: given.buyer_invoice_preference.clone(),
            invoice_status: given.electronic_invoice_status.clone(),
        }),
    }
}

fn address<'a>(given: &Address<'a>, to_pick_up: bool) -> Address<'a> {
    let kind = if to_pick_up { word("PICKUP_POINT") } else { given.address_type.clone() };
    Address { address_type: kind, ..given.clone() }
}

fn item<'a>(given: &Item<'a>) -> Result<theirs::Item<'a>> {
    let part = |kind: &str, amount: Option<&Money<'a>>| {
        amount.map(|amount| theirs::Breakdown {
            r#type: word(kind),
            subtotal: Some(amount.clone()),
            ..theirs::Breakdown::default()
        })
    };
    let gift = given.buyer_info.as_ref();
    // Two taxes and two discounts: parts of one kind add up.
    let mut parts: Vec<theirs::Breakdown<'a>> = [
        part("ITEM", given.item_price.as_ref()),
        part("SHIPPING", given.shipping_price.as_ref()),
        part("GIFT_WRAP", gift.and_then(|gift| gift.gift_wrap_price.as_ref())),
        part("COD_FEE", given.cod_fee.as_ref()),
        part("TAX", given.item_tax.as_ref()),
        part("TAX", given.shipping_tax.as_ref()),
        part("TAX", gift.and_then(|gift| gift.gift_wrap_tax.as_ref())),
        part("DISCOUNT", given.promotion_discount.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (of, amount) in [("SHIPPING", &given.shipping_discount), ("COD_FEE", &given.cod_fee_discount)] {
        if let Some(mut off) = part("DISCOUNT", amount.as_ref()) {
            off.detailed_breakdowns = vec![theirs::Detail { subtype: word(of), value: amount.clone() }];
            parts.push(off);
        }
    }
    let model = given.tax_collection.as_ref().and_then(|found| found.model.text()).map(|model| match model {
        "MarketplaceFacilitator" => word("MARKETPLACE_FACILITATOR"),
        other => word(other),
    });
    let collections = model.map(|model| theirs::Collection { model }).into_iter().collect();
    let asked = given.buyer_requested_cancel.as_ref().filter(|found| is(&found.is_buyer_requested_cancel));
    let cancellation = asked.map(|found| theirs::Cancellation {
        cancellation_request: Some(theirs::Asked {
            requester: word("BUYER"),
            cancel_reason: found.buyer_cancel_reason.clone(),
            ..theirs::Asked::default()
        }),
        cancellation_execution: None,
    });
    Ok(theirs::Item {
        order_item_id: given.order_item_id.clone(),
        quantity_ordered: given.quantity_ordered.clone(),
        product: Some(theirs::Product {
            asin: given.asin.clone(),
            title: given.title.clone(),
            seller_sku: given.seller_sku.clone(),
            condition: Some(theirs::Condition {
                condition_type: given.condition_id.clone(),
                condition_subtype: given.condition_subtype_id.clone(),
                condition_note: given.condition_note.clone(),
            }),
            price: Some(theirs::Price {
                unit_price: unit_price(given)?,
                price_designation: given.price_designation.clone(),
            }),
            serial_numbers: given.serial_numbers.clone(),
            customization: gift.and_then(|gift| gift.buyer_customized_info.clone()),
        }),
        programs: given.amazon_programs.as_ref().map(|own| own.programs.clone()).unwrap_or_default(),
        measurement: given.measurement.clone(),
        associated_order_items: given.associated_items.clone(),
        proceeds: Some(theirs::Proceeds { breakdowns: parts, ..theirs::Proceeds::default() }),
        promotion: Some(theirs::Promotion {
            breakdowns: given
                .promotion_ids
                .iter()
                .map(|id| theirs::Promoted { promotion_id: id.clone() })
                .collect(),
        }),
        cancellation,
        fulfillment: Some(theirs::ItemFulfillment {
            quantity_fulfilled: given.quantity_shipped.clone(),
            packing: gift.map(|gift| theirs::Packing {
                gift_option: Some(theirs::Gift {
                    gift_message: gift.gift_message_text.clone(),
                    gift_wrap_level: gift.gift_wrap_level.clone(),
                }),
            }),
            shipping: Some(theirs::Shipping {
                scheduled_delivery_window: Some(theirs::Range {
                    earliest_date_time: given.scheduled_delivery_start_date.clone(),
                    latest_date_time: given.scheduled_delivery_end_date.clone(),
                }),
                shipping_constraints: given.shipping_constraints.clone(),
                international_shipping: Some(theirs::International {
                    ioss_number: given.ioss_number.clone(),
                }),
            }),
            ..theirs::ItemFulfillment::default()
        }),
        tax: Some(theirs::ItemTax { tax_collections: collections }),
    })
}

/// Whether tax comes on top differs by marketplace and is not said. The total of the order shows it: by that each item gets
/// a total of its own. Where nothing fits, nothing is said.
fn totals(order: &mut theirs::Order<'_>) -> Result<()> {
    let Some(total) = order.proceeds.as_ref().and_then(|proceeds| proceeds.grand_total.as_ref()) else {
        return Ok(());
    };
    let (total, currency) = (total.amount.dec("$.payload.OrderTotal.Amount")?, total.currency_code.clone());
    let mut sums = Vec::with_capacity(order.order_items.len());
    for item in &order.order_items {
        let (mut net, mut tax) = (Dec::ZERO, Dec::ZERO);
        for part in item.proceeds.iter().flat_map(|proceeds| &proceeds.breakdowns) {
            let amount =
                part.subtotal.as_ref().map_or(Ok(None), |money| money.amount.dec("$.payload.OrderItems"))?;
            let amount = amount.unwrap_or_default();
            match part.r#type.text() {
                Some("TAX") => tax = tax + amount,
                Some("DISCOUNT") => net = net - amount.abs(),
                _ => net = net + amount,
            }
        }
        sums.push((net, tax));
    }
    let net: Dec = sums.iter().map(|(net, _)| *net).sum();
    let tax: Dec = sums.iter().map(|(_, tax)| *tax).sum();
    let on_top = match total {
        Some(total) if total == net + tax => true,
        Some(total) if total == net => false,
        _ => return Ok(()),
    };
    for (item, (net, tax)) in order.order_items.iter_mut().zip(sums) {
        if let Some(proceeds) = &mut item.proceeds {
            let whole = if on_top { net + tax } else { net };
            proceeds.proceeds_total =
                Some(Money { amount: Scalar::from(whole.canonical()), currency_code: currency.clone() });
        }
    }
    Ok(())
}

/// `ItemPrice` is for all of them: the price of one is told where it comes out even.
fn unit_price<'a>(given: &Item<'a>) -> Result<Option<Money<'a>>> {
    let Some(price) = &given.item_price else { return Ok(None) };
    let path = "$.payload.OrderItems.ItemPrice.Amount";
    let Some(whole) = price.amount.dec(path)? else { return Ok(None) };
    let count = given.quantity_ordered.dec("$.payload.OrderItems.QuantityOrdered")?;
    let one = count.filter(|count| *count > Dec::ZERO).and_then(|count| {
        let one = whole.checked_div(count)?;
        (one.checked_mul(count) == Some(whole) && one.round(4) == one).then_some(one)
    });
    Ok(one.map(|one| Money {
        amount: Scalar::from(one.canonical()),
        currency_code: price.currency_code.clone(),
    }))
}
